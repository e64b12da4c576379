import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import { cacheProblem } from './cache-rules.ts';
import { imageProblem, pdfProblem } from './media-rules.ts';
import { textProblem } from './text-rules.ts';
import { thinkingProblem } from './thinking-rules.ts';
import { toolProblem } from './tool-rules.ts';

/**
 * Why Claude refuses a prompt, in its own words, which Bedrock passes on; `undefined` if it does not. The words are those
 * that Claude's users reported: clients match on some of them.
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

/** Why any other model refuses a prompt, as far as known. */
export function problemOfOthers(prompt: Prompt, { cachePoints }: AdmittedModel): string | undefined {
  return imageProblem(prompt) ?? cacheProblem(prompt, cachePoints);
}
