using System.Globalization;
using System.Text;
using Retort.Judging.Arms;

namespace Retort.Evaluation;

/// <summary>What a teacher behind an API has cost, what it would go on to cost, and what its student costs in its place.</summary>
/// <param name="Requests">That were paid for.</param>
/// <param name="Spent">For all of them, in dollars.</param>
/// <param name="Labels">Answers of use among those that were asked for training.</param>
/// <param name="StudentMilliseconds">Of one text, the median.</param>
/// <param name="MachineUsdPerHour">Of the machine that the student runs on; null = it is there anyway.</param>
/// <param name="RequestsPerMonth">That are to be answered; null = nobody has said.</param>
public sealed record Savings(long Requests, decimal Spent, int Labels, double StudentMilliseconds, double? MachineUsdPerHour,
    double? RequestsPerMonth)
{
    private const double MillisecondsOfHour = 3_600_000;

    /// <summary>Of a request to the teacher: the mean of those that were paid for.</summary>
    public decimal OfTeacher => Requests > 0 ? Spent / Requests : 0;

    /// <summary>Of a text to the student, one after the other on a machine of its own.</summary>
    public decimal OfStudent => MachineUsdPerHour is { } price ? (decimal)(price * StudentMilliseconds / MillisecondsOfHour) : 0;

    /// <summary>Everything that was spent, test texts and rejected answers among it, by the labels that are of use.</summary>
    public decimal? OfLabel => Labels > 0 ? Spent / Labels : null;

    /// <summary>Requests after which what was spent is back; null where the student saves nothing.</summary>
    public long? BreakEven => new BreakEven((double)Spent, (double)OfTeacher, (double)OfStudent).Requests;

    /// <summary>Dollars a month; null where nobody has said how many requests.</summary>
    public decimal? InMonth => RequestsPerMonth is { } requests ? (decimal)requests * (OfTeacher - OfStudent) : null;

    public string Sentence
    {
        get
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{Requests:N0} requests, ${Spent:0.00####} in all");
            if (OfLabel is { } label) text.Append(CultureInfo.InvariantCulture, $", {Labels:N0} labels of use at ${label:0.00######} each");
            text.Append(CultureInfo.InvariantCulture, $"; a request costs ${OfTeacher:0.00########} of the teacher, ${OfStudent:0.00##########} of the student");
            if (InMonth is { } month)
                text.Append(CultureInfo.InvariantCulture, $"; {RequestsPerMonth:N0} requests a month cost ${(decimal)RequestsPerMonth!.Value * OfTeacher:0.00} and ${(decimal)RequestsPerMonth.Value * OfStudent:0.00}, ${month:0.00} saved");
            text.Append(BreakEven is { } requests
                ? string.Create(CultureInfo.InvariantCulture, $"; what was spent is back after {requests:N0} requests")
                : "; the student saves nothing");
            return text.ToString();
        }
    }
}
