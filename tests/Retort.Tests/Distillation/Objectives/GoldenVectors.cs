using System.Globalization;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>
/// One row of five classes, every loss of it and its gradient: reference/language 3.9, where automatic differentiation in double computed
/// them (the losses of TRL, DistiLLM, DistillKit and others, in nats, no T² but where it is said).
/// </summary>
internal static class GoldenVectors
{
    public static readonly double[] Teacher = [2, 1, 0.5, -1, -2], Student = [0.5, 1.5, 0, -0.5, 0.2];

    public static readonly double[] TeacherProbabilities =
        [0.6027319517977701, 0.22173269360353634, 0.1344876769312121, 0.030008256891651652, 0.011039420775829893];

    public static readonly double[] StudentProbabilities =
        [0.18404309044962922, 0.5002809884226715, 0.11162777706596547, 0.06770566926607481, 0.1363424747956588];

    private const string Table = """
        forward KL, T 1                             0.5074872213    [-0.41868886, 0.27854829, -0.02285990, 0.03769741, 0.12530305]
        forward KL, T 2, x T^2                      0.6289319983    [-0.41195890, 0.17597355, -0.06938653, 0.06473705, 0.24063482]
        soft cross-entropy, T 1                     1.5714165896    [-0.41868886, 0.27854829, -0.02285990, 0.03769741, 0.12530305]
        reverse KL, T 1                             0.5657655931    [-0.32245606, 0.12403554, -0.08395171, 0.01678639, 0.26558584]
        reverse KL, T 2, x T^2                      0.6734515239    [-0.35368908, 0.09053307, -0.11634427, 0.03330526, 0.34619501]
        JSD plain (TRL),  teacherWeight 0.1         0.0447964370    [-0.03489535, 0.02322972, -0.00260884, 0.00314380, 0.01113067]
        JSD normalised,   teacherWeight 0.1         0.4977381883    [-0.38772610, 0.25810802, -0.02898713, 0.03493112, 0.12367409]
        JSD plain (TRL),  teacherWeight 0.5         0.1219891893    [-0.08080858, 0.05196664, -0.01205618, 0.00703292, 0.03386520]
        JSD normalised,   teacherWeight 0.5         0.4879567571    [-0.32323432, 0.20786655, -0.04822473, 0.02813168, 0.13546082]
        JSD plain (TRL),  teacherWeight 0.9         0.0478127273    [-0.02805936, 0.01426096, -0.00646838, 0.00193001, 0.01833677]
        JSD normalised,   teacherWeight 0.9         0.5312525258    [-0.31177067, 0.15845509, -0.07187093, 0.02144456, 0.20374194]
        skew KL, a .1, m = aT+(1-a)S                0.3967017142    [-0.29259086, 0.19460221, -0.02803517, 0.02633655, 0.09968727]
        skew reverse KL, a .1, m = (1-a)T+aS        0.4103012996    [-0.24831818, 0.14648175, -0.05087039, 0.01982415, 0.13288268]
        TVD                                         0.4415487612    [-0.12962691, 0.14791851, -0.07862270, 0.02001859, 0.04031250]
        symmetric .5 FKL + .5 RKL                   0.5366264072    [-0.37057246, 0.20129192, -0.05340580, 0.02724190, 0.19544444]
        adaptive KL mu .5 (minimal cover)           0.5381350036    [-0.36808137, 0.19729219, -0.05498723, 0.02670060, 0.19907581]
        adaptive KL mu .5 (cum < mu: the trap)      0.5657655931    [-0.32245606, 0.12403554, -0.08395171, 0.01678639, 0.26558584]
        TAID t .4                                   0.0930374567    [-0.15357695, 0.08791094, -0.02563829, 0.01189745, 0.07940686]
        top-2 tailBucket, forward KL                0.4315817865    [-0.41868886, 0.27854829, 0.04955582, 0.03005713, 0.06052762]
        top-2 tailBucket, reverse KL                0.3740090152    [-0.28716458, 0.21996771, 0.02376183, 0.01441228, 0.02902276]
        top-2 tailBucket, JSD plain .5              0.0963948867    [-0.07934842, 0.05593578, 0.00827906, 0.00502151, 0.01011207]
        top-2 tailBucket, skew KL a .1              0.3287101673    [-0.29127121, 0.19818938, 0.03291514, 0.01996404, 0.04020265]
        top-2 ignore (raw), forward KL              0.5345992115    [-0.45099493, 0.19073129, 0.09203316, 0.05582093, 0.11240955]
        top-2 renormalise (teacher), forward KL     0.8414408313    [-0.54701549, 0.23133957, 0.11162778, 0.06770567, 0.13634247]
        top-2 renormalise both                      0.4621171573    [-0.46211716, 0.46211716, 0.00000000, 0.00000000, 0.00000000]
        top-1 renormalise both (== 0)               0.0000000000    [0.00000000, 0.00000000, 0.00000000, 0.00000000, 0.00000000]
        top-2 uniformTail, forward KL               0.4387671358    [-0.41868886, 0.27854829, 0.05311599, 0.00919388, 0.07783069]
        ULD (sorted L1)                             0.2802811331    [-0.11619594, -0.31585332, 0.15277915, 0.09266524, 0.18660488]
        DistiLLM-2, beta 1, one token each          0.8070030138    [-0.57318445, 0.33721180, -0.09271901, 0.04563665, 0.28305502]
        """;

    /// <summary>Value, and gradient at the student's logits, by name.</summary>
    public static IReadOnlyDictionary<string, (double Value, double[] Gradient)> All { get; } = Table.Split('\n').ToDictionary(
        line => line[..44].Trim(), line => (Number(line[44..60]), line[60..].Trim(' ', '[', ']').Split(',').Select(Number).ToArray()));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
