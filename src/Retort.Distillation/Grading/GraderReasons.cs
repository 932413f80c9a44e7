namespace Retort.Grading;

/// <summary>Why an item is ungraded; they are counted by it.</summary>
public static class GraderReasons
{
    public const string Missing = "the item lacks what the grader reads", TooLong = "a text is too long to compare",
        NoNumber = "the reference holds no number", Unreadable = "the judge's answer cannot be read",
        OutOfRange = "the judge's score is outside its range", UnknownLabel = "the judge names no label",
        Undecided = "the judge changes its mind with the order", NoAnswer = "the judge did not answer", NotFinite = "the formula gives no number";
}
