import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import { cacheProblem } from './cache-rules.ts';
import { imageProblem, pdfProblem } from './media-rules.ts';
import { textProblem } from './text-rules.ts';
import { thinkingProblem } from './thinking-rules.ts';
import { toolProblem } from './tool-rules.ts';

/**
 * Why Claude refuses a prompt, in words of its own, which Bedrock passes on; `undefined` where it does not. The words are
 * those that its users reported: clients match on some of them.
 *
 * @see https://code.claude.com/docs/en/llm-gateway-protocol
 */
export function claudeProblem(prompt: Prompt, model: AdmittedModel): string | undefined {
  return (
    textProblem(prompt) ??
    toolProblem(prompt, model.toolChoices) ??
    imageProblem(prompt) ??
    pdfProblem(prompt) ??
    cacheProblem(prompt, model.cachePoints) ??
    thinkingProblem(prompt, model.reasoning)
  );
}

/** Why any other model refuses a prompt, as far as that is known. */
export function problemOfOthers(prompt: Prompt, { cachePoints }: AdmittedModel): string | undefined {
  return imageProblem(prompt) ?? cacheProblem(prompt, cachePoints);
}
