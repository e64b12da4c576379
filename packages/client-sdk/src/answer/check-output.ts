import { OutputValidationError } from '../errors/errors.ts';
import type { Answer } from './answer.ts';
import type { SchemaIssue, StandardSchema } from './standard-schema.ts';

/** The answer with its output as the schema returned it; throws `OutputValidationError` where it does not fit. */
export async function checkOutput(answer: Answer, schema: StandardSchema | undefined): Promise<Answer> {
  if (schema === undefined) {
    return answer;
  }
  const result = await schema['~standard'].validate(answer.output);
  if (result.issues === undefined) {
    return { ...answer, output: result.value };
  }
  const { requestId, attempts, stopReason } = answer;
  throw new OutputValidationError({
    message: "The model's answer does not fit the schema. It was charged; asking again may help.",
    requestId,
    attempts,
    stopReason,
    issues: result.issues.map(({ path, message }) => ({ path: pathText(path), message })),
  });
}

function pathText(path: SchemaIssue['path']): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}
