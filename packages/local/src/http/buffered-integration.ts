import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { Outcome } from '../lambda/outcome.ts';
import { readProxyResult } from './proxy-result.ts';
import { integrationRefusal, type Refusal, refusal } from './refusal.ts';
import type { WholeResponse } from './response.ts';
import type { Timer } from './timer.ts';

/** Calls a function and waits for its whole answer. */
export async function integrateBuffered(
  runtime: FunctionRuntime,
  event: string,
  options: { readonly timeoutMs: number; readonly timer: Timer },
): Promise<WholeResponse | Refusal> {
  const outcome = await withinTimeout(runtime.invoke(event, crypto.randomUUID()), options);
  switch (outcome.kind) {
    case 'returned':
      return readProxyResult(outcome.payload) ?? integrationRefusal(502);
    case 'failed':
      return integrationRefusal(502);
    case 'throttled':
      return integrationRefusal(500);
    case 'too-large':
      return refusal('REQUEST_TOO_LARGE');
    case 'timed-out':
      return refusal('INTEGRATION_TIMEOUT');
  }
}

/** The function runs on after the integration's timeout, as on AWS. */
async function withinTimeout(
  call: Promise<Outcome>,
  { timeoutMs, timer }: { readonly timeoutMs: number; readonly timer: Timer },
): Promise<Outcome | { kind: 'timed-out' }> {
  const { promise: timedOut, resolve } = Promise.withResolvers<{ kind: 'timed-out' }>();
  const cancel = timer(timeoutMs, () => resolve({ kind: 'timed-out' }));
  try {
    return await Promise.race([call, timedOut]);
  } finally {
    cancel();
  }
}
