using Retort.Nn;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>Examples of numbers, each with one answer: they are stored, made in the loop, or moved by an attack.</summary>
public sealed class ExampleLesson : ILesson
{
    public int PartsOf(Batch batch) => 1;

    public ObjectiveValue Loss(Step step, Learner learner, Batch batch, LessonPlace place)
    {
        var (module, objective, update) = (learner.State.Module, learner.Objective, place.Update);
        var examples = learner.Maker?.Next(step, batch.Count, update) ?? step.Constant(module.BatchShape(batch.Count),
            batch.Examples.AsSpan(0, batch.Count * (int)module.ExampleShape.Count));
        var said = learner.Teacher?.Answer(step, batch.OtherSize == 0
            ? examples
            : step.Constant(new Shape(batch.Count, batch.OtherSize), batch.Others.AsSpan(0, batch.Count * batch.OtherSize)),
            place.Progress);
        var view = learner.Attack?.Of(step, batch, said, update, place.Seed) ?? examples;
        var signals = SignalsOf(step, module.Forward(step, view), batch, module, said, learner.Maker is not null);
        var softAgainstHard = place.Ratio?.Measure(objective, signals, update);
        var value = objective.Loss(step, signals, update) with { SoftAgainstHard = softAgainstHard };
        return learner.Attack is { CleanWeight: > 0 and var clean }
            ? value.Mixed(step, 1 - clean, clean,
                objective.Loss(step, SignalsOf(step, module.Forward(step, examples), batch, module, said), update))
            : value;
    }

    internal static Signals SignalsOf(Step step, Tensor logits, Batch batch, Module student, LiveAnswer? said, bool made = false)
    {
        var classes = student.Classes;
        var teacher = batch.Form switch
        {
            TeacherForm.Logits =>
                TeacherTarget.Logits(step.Constant(new Shape(batch.Count, classes), batch.Teacher.AsSpan(0, batch.Count * classes))),
            TeacherForm.TopK => TeacherTarget.TopK(
                step.Constant(new Shape(batch.Count, batch.Kept), batch.TeacherIds.AsSpan(0, batch.Count * batch.Kept)),
                step.Constant(new Shape(batch.Count, batch.Kept), batch.Teacher.AsSpan(0, batch.Count * batch.Kept)),
                step.Constant(new Shape(batch.Count), batch.TailMass.AsSpan(0, batch.Count))),
            _ => said?.Target,
        };
        return new Signals(logits, made ? default : batch.Classes.AsMemory(0, batch.Count), teacher)
        {
            Taps = student.Tapped,
            Mask = student is Bert encoder ? encoder.Seen : default,
            Teachers = said?.Teachers ?? [],
            Rows = made ? default : batch.Rows.AsMemory(0, batch.Count),
            Numbers = batch.Numbers.Length == 0 ? default : batch.Numbers.AsMemory(0, batch.Count),
        };
    }
}
