import type { Reply } from '../answer/read-reply.ts';
import { isBedrockProxyError } from '../errors/errors.ts';
import type { SuccessEvent } from '../hooks/hooks.ts';
import { type CallLimits, startCallLimits } from './timers.ts';
import { type Call, send } from './transport.ts';

/** Sends a request, reads its whole response, and makes of it what `read` says. */
export function exchange<Value extends Success>(
  call: Call,
  read: (reply: Reply) => Value | Promise<Value>,
): Promise<Value> {
  return underLimits(call, async (limits, succeeded) => {
    const reply = await send(call, limits, async (open) => ({
      ...open,
      text: await open.guard(() => open.response.text()),
    }));
    limits.startChecking();
    const checked = read(reply);
    const value = checked instanceof Promise ? await limits.race(checked) : checked;
    succeeded(value);
    return value;
  });
}

/** What an observer is told of a success, as far as the value that is returned has it. */
export type Success = Pick<SuccessEvent, 'requestId'> & Partial<Pick<SuccessEvent, 'usage' | 'limits'>>;

/** Does the work of a call under its limits, and tells its observer what became of it. */
export async function underLimits<Value>(
  call: Call,
  work: (limits: CallLimits, succeeded: (success: Success) => void) => Promise<Value>,
): Promise<Value> {
  const { observer, runtime, settings } = call;
  const limits = startCallLimits({ ...settings, billable: call.body !== undefined });
  const startedAt = runtime.now();
  const succeeded = ({ requestId, usage, limits: left }: Success): void => {
    const durationMs = runtime.now() - startedAt;
    observer.success({ attempt: limits.attempts, requestId, usage, limits: left, durationMs });
  };
  try {
    return await work(limits, succeeded);
  } catch (error) {
    if (isBedrockProxyError(error)) {
      observer.failure({ attempt: limits.attempts, error, durationMs: runtime.now() - startedAt });
    }
    throw error;
  } finally {
    limits.end();
  }
}
