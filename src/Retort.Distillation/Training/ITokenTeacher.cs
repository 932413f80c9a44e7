using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>A language model that answers in the loop, about the very tokens that the student reads.</summary>
public interface ITokenTeacher
{
    /// <param name="step">The student's running step; nothing of the teacher is recorded in it.</param>
    /// <param name="tokens">[rows, length] int32.</param>
    /// <param name="documents">[rows, length] int32: whose token it is, from 1; 0 = padding.</param>
    /// <param name="places">[N] int32: the places in rows·length that are asked about.</param>
    /// <returns>Hidden states [N, width] at those places, and the head that makes logits of them.</returns>
    TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places);
}
