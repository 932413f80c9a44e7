namespace Retort.Evaluation.Metrics;

/// <summary>
/// T* = argmin_T NLL(softmax(z / T)) on validation data, by golden-section search on log T in [log .05, log 20]
/// (Guo et al. 2017, §4.2). In 1/T the objective is convex, so in log T it has one valley.
/// </summary>
public static class BestTemperature
{
    public static double Of(Predictions validation, int[] labels)
    {
        var ratio = (Math.Sqrt(5) - 1) / 2;
        double low = Math.Log(0.05), high = Math.Log(20);
        double left = high - ratio * (high - low), right = low + ratio * (high - low);
        double leftLoss = Loss(left), rightLoss = Loss(right);
        while (high - low > 1e-6)
        {
            if (leftLoss <= rightLoss)
            {
                (high, right, rightLoss) = (right, left, leftLoss);
                left = high - ratio * (high - low);
                leftLoss = Loss(left);
            }
            else
            {
                (low, left, leftLoss) = (left, right, rightLoss);
                right = low + ratio * (high - low);
                rightLoss = Loss(right);
            }
        }

        return Math.Exp((low + high) / 2);

        double Loss(double logTemperature) => NegativeLogLikelihood.Of(validation, labels, Math.Exp(logTemperature));
    }
}
