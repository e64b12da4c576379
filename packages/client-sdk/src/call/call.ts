import type { Route } from '@org/contract';
import { isBedrockProxyError } from '../errors/errors.ts';
import type { SuccessEvent } from '../hooks/hooks.ts';
import type { Observer } from '../hooks/observer.ts';
import type { Body } from '../options/files.ts';
import type { CallSettings, ClientSettings } from '../options/settings.ts';
import type { Runtime } from './runtime.ts';
import { startTimers, type Timers } from './timers.ts';

/** One call of a method, with everything that it depends on. */
export interface Call {
  readonly route: Route;
  /** `undefined` where a request has no body. */
  readonly body: Body | undefined;
  readonly client: ClientSettings;
  readonly settings: CallSettings;
  readonly runtime: Runtime;
  readonly observer: Observer;
}

/** What hooks see of a success, as far as the value that is returned has it. */
export type Success = Pick<SuccessEvent, 'requestId'> & Partial<Pick<SuccessEvent, 'usage' | 'limits'>>;

/** Does the work of a call under its timers, and reports to its observer what became of it. */
export async function perform<Value>(
  call: Call,
  work: (timers: Timers, succeeded: (success: Success) => void) => Promise<Value>,
): Promise<Value> {
  const { observer, route, runtime, settings } = call;
  const timers = startTimers({ ...settings, billable: route.asks });
  const startedAt = runtime.now();
  const succeeded = ({ requestId, usage, limits }: Success): void => {
    const durationMs = runtime.now() - startedAt;
    observer.success({ attempt: timers.attempts, requestId, usage, limits, durationMs });
  };
  try {
    return await work(timers, succeeded);
  } catch (error) {
    if (isBedrockProxyError(error)) {
      observer.failure({ attempt: timers.attempts, error, durationMs: runtime.now() - startedAt });
    }
    throw error;
  } finally {
    timers.end();
  }
}
