import * as z from 'zod/mini';
import { readConverseTokens } from './converse/request.ts';
import { readInvokedPrompt } from './invoke/invoke-model.ts';
import { inputTokensOf } from './model/input.ts';
import type { OperationCall, OperationReply } from './operation.ts';
import { parseJson, readRequest } from './request-body.ts';

const CountTokensRequest = z.strictObject({
  input: z.union([
    z.strictObject({ converse: z.unknown() }),
    z.strictObject({ invokeModel: z.strictObject({ body: z.base64() }) }),
  ]),
});

/**
 * The CountTokens operation. It counts the tokens that a call with the same input is billed, cached ones included.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export function countTokens({ model, body }: OperationCall): OperationReply {
  const { input } = readRequest(CountTokensRequest, body);
  const prompt =
    'converse' in input
      ? readConverseTokens(model, input.converse)
      : readInvokedPrompt(model, parseJson(Buffer.from(input.invokeModel.body, 'base64').toString()));
  return { body: { inputTokens: inputTokensOf(prompt, model) } };
}
