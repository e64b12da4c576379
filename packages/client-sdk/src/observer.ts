import type { FailureEvent, Hooks, RequestEvent, ResponseEvent, RetryEvent } from './hooks.ts';
import type { Operation } from './routes.ts';
import type { Runtime } from './runtime.ts';

type Told<Event> = Omit<Event, 'operation' | 'callId'>;

/** Tells hooks of one call. They cannot disturb it: what they throw or reject with is dropped. */
export interface Observer {
  request(event: Told<RequestEvent>): void;
  response(event: Told<ResponseEvent>): void;
  retry(event: Told<RetryEvent>): void;
  failure(event: Told<FailureEvent>): void;
}

export function createObserver(hooks: readonly Hooks[], operation: Operation, runtime: Runtime): Observer {
  const callId = Math.floor(runtime.random() * 36 ** 8).toString(36);
  const tell = (notify: (hook: Hooks) => unknown): void => {
    for (const hook of hooks) {
      (async () => notify(hook))().catch(() => {});
    }
  };
  return {
    request: (event) => tell((hook) => hook.onRequest?.({ operation, callId, ...event })),
    response: (event) => tell((hook) => hook.onResponse?.({ operation, callId, ...event })),
    retry: (event) => tell((hook) => hook.onRetry?.({ operation, callId, ...event })),
    failure: (event) => tell((hook) => hook.onError?.({ operation, callId, ...event })),
  };
}
