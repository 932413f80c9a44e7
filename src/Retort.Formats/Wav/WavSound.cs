namespace Retort.Formats.Wav;

/// <summary>A recording.</summary>
/// <param name="Rate">Samples a second and channel.</param>
/// <param name="Channels">Side by side in <paramref name="Samples"/>.</param>
/// <param name="Samples">[times · channels]; whole numbers are scaled to [−1, 1).</param>
public sealed record WavSound(int Rate, int Channels, float[] Samples)
{
    /// <summary>The mean of the channels.</summary>
    public float[] Mono()
    {
        if (Channels == 1) return Samples;
        var mono = new float[Samples.Length / Channels];
        for (var i = 0; i < Samples.Length; i++) mono[i / Channels] += Samples[i] / Channels;
        return mono;
    }
}
