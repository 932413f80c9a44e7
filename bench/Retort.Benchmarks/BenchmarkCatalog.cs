using Retort.Benchmarks.Distillations;
using Retort.Benchmarks.SingleKernels;
using Retort.Benchmarks.Steps;
using Retort.Benchmarks.Texts;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks;

/// <summary>Everything that <c>retort bench</c> measures. Adding something = its file and one line here.</summary>
public static class BenchmarkCatalog
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        .. MatrixProduct.Shapes.Select(MatrixProduct.Of),
        new("kd-loss-1024x8192", RowLossKernel.Text, device => new RowLossKernel(device, 1024, 8192)),
        new("kd-loss-1024x32768", RowLossKernel.Text, device => new RowLossKernel(device, 1024, 32768)),
        new("kd-loss-8192x32768", RowLossKernel.Text, device => new RowLossKernel(device, 8192, 32768)),
        new("head-loss-1024x32768", HeadLossKernel.Text, device => new HeadLossKernel(device, 1024, 32768)),
        new("head-loss-8192x32768", HeadLossKernel.Text, device => new HeadLossKernel(device, 8192, 32768)),
        new("adamw-7m", AdamWKernel.Text, device => new AdamWKernel(device, 7_000_000)),
        new("layer-norm-4096x512", LayerNormKernel.Text, device => new LayerNormKernel(device, 4096, 512)),
        new("softmax-4096x512", SoftmaxKernel.Text, device => new SoftmaxKernel(device, 4096, 512)),
        new("gelu-4m", UnaryKernel.Text, device => new UnaryKernel(device, Unary.Gelu, 1 << 22)),
        new("batch-norm-128x32x28x28", BatchNormKernel.Text, device => new BatchNormKernel(device, 128, 32, 28)),
        new("conv-1-32-28", ConvolutionKernel.Text, device => new ConvolutionKernel(device, 128, 1, 32, 28)),
        new("conv-32-64-14", ConvolutionKernel.Text, device => new ConvolutionKernel(device, 128, 32, 64, 14)),
        new("conv-64-128-7", ConvolutionKernel.Text, device => new ConvolutionKernel(device, 128, 64, 128, 7)),
        new("attention-8x128", AttentionKernel.Text, device => new AttentionKernel(device, 8, 128, 4, 64)),
        new("attention-2x1024", AttentionKernel.Text, device => new AttentionKernel(device, 2, 1024, 8, 64)),
        new("rms-norm-4096x512", RmsNormKernel.Text, device => new RmsNormKernel(device, 4096, 512)),
        new("gate-1024x2752", GateKernel.Text, device => new GateKernel(device, 1024, 2752)),
        new("small-operations-1000", SmallOperations.Text, device => new SmallOperations(device)),
        new("mlp-step", MlpModel.StepText, device => new DistillationStep(MlpModel.Create(device), 128)),
        new("mlp-infer-1", MlpModel.InferText, device => new Inference(device, MlpModel.Create(device), 1)),
        new("mlp-infer-32", MlpModel.InferText, device => new Inference(device, MlpModel.Create(device), 32)),
        new("cnn-step", CnnModel.StepText, device => new DistillationStep(CnnModel.Create(device), 128)),
        new("cnn-step-first", CnnModel.StepText + " (peers: channels first)", device => new DistillationStep(CnnModel.Create(device), 128)),
        new("cnn-infer-1", CnnModel.InferText, device => new Inference(device, CnnModel.Create(device), 1)),
        new("cnn-infer-32", CnnModel.InferText, device => new Inference(device, CnnModel.Create(device), 32)),
        new("gpt-step", LanguageStep.Text, device => new LanguageStep(GptModel.Create(device), 8, 128, LanguageStep.Mixed)),
        new("llama-step", LanguageStep.LlamaText, device => new LanguageStep(GptModel.CreateLlama(device), 8, 128, LanguageStep.Mixed)),
        new("bert-step", EncoderStep.Text, device => new EncoderStep(BertModel.Create(device), 16)),
        new("bert-infer-1", BertModel.InferText, device => new Inference(device, BertModel.Create(device), 1)),
        new("bert-infer-32", BertModel.InferText, device => new Inference(device, BertModel.Create(device), 32)),
        .. Narrow("mlp-infer", MlpModel.InferText, MlpModel.Create),
        .. Narrow("bert-infer", BertModel.InferText, device => BertModel.Create(device)),
        new("generate-f32", Generation.Text + ", batch 1", device => new Generation(device, DataType.Float32)),
        new("generate-q8", Generation.Text + ", batch 1, int8 weights", device => new Generation(device, DataType.Int8)),
        new("tokenize-bpe", Tokenizing.Text, device => new Tokenizing(device, first: false)),
        new("tokenize-bpe-first", Tokenizing.FirstText, device => new Tokenizing(device, first: true)),
        new("wide-vocabulary-step", WideVocabularyStep.Text, device => new WideVocabularyStep(device)) { Whole = true },
        new("distill-mlp", DigitDistillation.Text, device => new DigitDistillation(device)) { Whole = true },
        new("distill-transformer", EncoderDistillation.Text, device => new EncoderDistillation(device)) { Whole = true },
    ];

    /// <summary>The same model with frozen weights of two bytes and of one.</summary>
    private static IEnumerable<Benchmark> Narrow(string name, string text, Func<Device, BenchmarkModel> create) =>
        from batch in (int[])[1, 32]
        from storage in (DataType[])[DataType.BFloat16, DataType.Int8]
        let type = storage.ToString().ToLowerInvariant()
        select new Benchmark($"{name}-{batch}-{type}", $"{text}, {type} weights",
            device => new Inference(device, create(device), batch, storage));
}
