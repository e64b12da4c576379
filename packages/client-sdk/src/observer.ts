import type { CallEvent, FailureEvent, Hooks, RequestEvent, ResponseEvent, RetryEvent } from './hooks.ts';
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
  const teller =
    <Event>(notify: (hook: Hooks, event: Event & Pick<CallEvent, 'operation' | 'callId'>) => unknown) =>
    (event: Event): void => {
      for (const hook of hooks) {
        (async () => notify(hook, { operation, callId, ...event }))().catch(() => {});
      }
    };
  return {
    request: teller<Told<RequestEvent>>((hook, event) => hook.onRequest?.(event)),
    response: teller<Told<ResponseEvent>>((hook, event) => hook.onResponse?.(event)),
    retry: teller<Told<RetryEvent>>((hook, event) => hook.onRetry?.(event)),
    failure: teller<Told<FailureEvent>>((hook, event) => hook.onError?.(event)),
  };
}
