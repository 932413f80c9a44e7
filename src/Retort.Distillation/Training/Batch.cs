using Retort.Data.Text;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>One step's examples and answers, in memory that is used again for the next.</summary>
public sealed class Batch(int capacity, int exampleSize, int classes, int kept, int otherSize = 0, bool numbers = false)
{
    public int Count { get; set; }

    /// <summary>[Count, …example]</summary>
    public float[] Examples { get; private set; } = new float[capacity * exampleSize];

    /// <summary>Numbers of an example as a teacher of another modality sees it; 0 when it sees the same.</summary>
    public int OtherSize => otherSize;

    /// <summary>[Count, OtherSize]</summary>
    public float[] Others { get; private set; } = new float[capacity * otherSize];

    /// <summary>[Count] rows of the data set, to name them in errors.</summary>
    public int[] Rows { get; private set; } = new int[capacity];

    /// <summary>[Count] true classes.</summary>
    public int[] Classes { get; private set; } = new int[capacity];

    /// <summary>[Count] true numbers in standard units; empty where classes are predicted.</summary>
    public float[] Numbers { get; private set; } = new float[numbers ? capacity : 0];

    /// <summary>Form of the teacher's answers; null when there are none.</summary>
    public TeacherForm? Form { get; set; }

    /// <summary>[Count, classes] logits, or [Count, Kept] log-probabilities.</summary>
    public float[] Teacher { get; private set; } = new float[capacity * Math.Max(classes, kept)];

    /// <summary>[Count, Kept] ascending class ids, −1 = unused; top-k only.</summary>
    public int[] TeacherIds { get; private set; } = new int[capacity * kept];

    /// <summary>[Count] probability that was not kept; top-k only.</summary>
    public float[] TailMass { get; private set; } = new float[capacity];
    public int Kept => kept;

    /// <summary>[Count] rows of tokens, where a language model learns; else null.</summary>
    public TokenBlock? Text { get; set; }

    /// <summary>Who wrote what is to be said in <see cref="Text"/>.</summary>
    public Author Author { get; init; }

    /// <summary>Gives this batch what the other holds, and the other what this one held: no number is copied.</summary>
    public void Exchange(Batch other)
    {
        (Count, other.Count) = (other.Count, Count);
        (Form, other.Form) = (other.Form, Form);
        (Examples, other.Examples) = (other.Examples, Examples);
        (Others, other.Others) = (other.Others, Others);
        (Rows, other.Rows) = (other.Rows, Rows);
        (Classes, other.Classes) = (other.Classes, Classes);
        (Numbers, other.Numbers) = (other.Numbers, Numbers);
        (Teacher, other.Teacher) = (other.Teacher, Teacher);
        (TeacherIds, other.TeacherIds) = (other.TeacherIds, TeacherIds);
        (TailMass, other.TailMass) = (other.TailMass, TailMass);
        (Text, other.Text) = (other.Text, Text);
    }
}

/// <summary>Who wrote an answer: a student's is nobody's truth, it counts for what the teacher says about it alone.</summary>
public enum Author { Data, Teacher, Student }

/// <summary>Where batches come from: the first of the loop's three seams.</summary>
public interface IBatchSource
{
    int StepsPerEpoch { get; }
    Batch CreateBatch();

    /// <summary>The batch of an update (from 0): the same for any order of asking.</summary>
    void Fill(long update, Batch batch);
}
