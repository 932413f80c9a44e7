namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void BatchNormInference(Storage runningMean, Storage runningVariance, double epsilon, Storage mean,
        Storage inverseDeviation)
    {
        float* average = (float*)runningMean.Address, variance = (float*)runningVariance.Address;
        float* meanOut = (float*)mean.Address, inverse = (float*)inverseDeviation.Address;
        for (var channel = 0L; channel < mean.Length; channel++)
        {
            meanOut[channel] = average[channel];
            inverse[channel] = (float)(1 / Math.Sqrt(variance[channel] + epsilon));
        }
    }
}
