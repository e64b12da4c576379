import { addAbortSignal } from 'node:stream';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { StreamOutcome } from '../lambda/outcome.ts';
import { integrationRefusal, type Refusal, refusal } from './refusal.ts';
import type { StreamedResponse } from './response.ts';
import { takeMetadata } from './stream-metadata.ts';
import { StreamTimeouts } from './stream-timeouts.ts';
import type { Timer } from './timer.ts';

/**
 * Calls a function and answers as soon as it has written status and headers. A failure before that gets API Gateway's
 * own answer, and later it is an error of the body. The function keeps running after a timeout, and after its caller hangs up.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export async function integrateStreaming(
  runtime: FunctionRuntime,
  event: string,
  { timeoutMs, timer }: { readonly timeoutMs: number; readonly timer: Timer },
): Promise<StreamedResponse | Refusal> {
  const timeouts = new StreamTimeouts(timer, timeoutMs);
  const { promise: timedOut, resolve } = Promise.withResolvers<Refusal>();
  timeouts.signal.addEventListener('abort', () => resolve(refusal('INTEGRATION_TIMEOUT')));
  const call = runtime.invokeWithResponseStream(event, crypto.randomUUID(), timeouts.restartIdle);
  const answer = await Promise.race([call.then((outcome) => answerTo(outcome, timeouts)), timedOut]);
  if (!('body' in answer)) {
    timeouts.stop();
  }
  return answer;
}

async function answerTo(
  outcome: StreamOutcome,
  timeouts: StreamTimeouts,
): Promise<StreamedResponse | Refusal> {
  switch (outcome.kind) {
    case 'failed':
      return integrationRefusal(502);
    case 'throttled':
      return integrationRefusal(500);
    case 'too-large':
      return refusal('REQUEST_TOO_LARGE');
    case 'streaming': {
      const { payload } = outcome;
      addAbortSignal(timeouts.signal, payload);
      payload.once('close', timeouts.stop);
      // A stream that fails before its metadata is complete is a failed function.
      const head = await takeMetadata(payload).catch(() => integrationRefusal(502));
      if (head === undefined || !('headers' in head)) {
        payload.destroy();
        return head ?? integrationRefusal(500);
      }
      return { ...head, body: payload };
    }
  }
}
