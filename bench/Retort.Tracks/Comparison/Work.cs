namespace Retort.Tracks.Comparison;

/// <summary>One line of <c>bench/tracks/works.md</c>.</summary>
/// <param name="Name">What both sides call it.</param>
/// <param name="Margin">By how much the losses may differ, relative to theirs unless <paramref name="Absolute"/>.</param>
/// <param name="Absolute">The margin is in the unit of the loss.</param>
internal sealed record Work(string Name, double Margin = 1e-4, bool Absolute = false)
{
    /// <summary>The peer is llama.cpp, not PyTorch.</summary>
    public bool Generates => Name.StartsWith("generate-", StringComparison.Ordinal);

    public static IReadOnlyList<Work> All { get; } =
    [
        .. new[]
        {
            "nn-64-64-64", "nn-128-128-128", "nn-256-256-256", "nn-512-512-512", "nn-1024-1024-1024", "nt-2048-1024-256",
            "nt-2048-8192-256", "nn-2048-256-1024", "tn-1024-256-2048", "nn-2048-256-8192", "tn-8192-256-2048", "nt-128-800-784",
                "tn-800-784-128",
            "nn-384-384-384", "nn-1536-1536-1536", "nt-1000-1000-1000", "nt-32-800-784", "nt-2048-768-256", "tn-768-256-2048",
            "nt-128-10-800", "nn-512-512-4096",
        }.Select(shape => new Work("sgemm-" + shape)),
        new("mlp-step"), new("cnn-step"), new("cnn-step-first"), new("gpt-step"), new("llama-step"), new("bert-step"),
        new("kd-loss-1024x8192"), new("kd-loss-1024x32768"), new("adamw-7m"),
        new("mlp-infer-1"), new("mlp-infer-32"), new("cnn-infer-1"), new("cnn-infer-32"), new("bert-infer-1"), new("bert-infer-32"),
        new("generate-f32"), new("generate-q8", 0.05),
        new("distill-mlp", 0.3, Absolute: true), new("distill-transformer", 0.1),
    ];

    public bool Agree(double ours, double theirs) => Math.Abs(ours - theirs) <= Margin * (Absolute ? 1 : Math.Abs(theirs));
}
