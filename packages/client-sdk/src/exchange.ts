import { type CallLimits, startCallLimits } from './call-limits.ts';
import { isBedrockProxyError } from './errors.ts';
import { type Call, type Reply, send } from './transport.ts';

/** Sends a request, reads its whole response, and makes of it what `read` says. */
export function exchange<Value>(call: Call, read: (reply: Reply) => Value | Promise<Value>): Promise<Value> {
  return underLimits(call, async (limits) => {
    const reply = await send(call, limits, async (open) => ({
      ...open,
      text: await open.guard(() => open.response.text()),
    }));
    limits.end();
    return read(reply);
  });
}

/** Does the work of a call under its limits, and tells its observer where that fails. */
export async function underLimits<Value>(
  call: Call,
  work: (limits: CallLimits) => Promise<Value>,
): Promise<Value> {
  const { observer, runtime, settings } = call;
  const limits = startCallLimits(settings);
  const startedAt = runtime.now();
  try {
    return await work(limits);
  } catch (error) {
    if (isBedrockProxyError(error)) {
      observer.failure({ attempt: limits.attempts, error, durationMs: runtime.now() - startedAt });
    }
    throw error;
  } finally {
    limits.end();
  }
}
