import type {
  CallEvent,
  FailureEvent,
  Hooks,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  SuccessEvent,
} from './hooks.ts';

/** What every event of one call says. */
type Identity = Pick<CallEvent, 'operation' | 'model' | 'callId'>;

type Told<Event> = Omit<Event, keyof Identity>;

/** Tells hooks of one call. They cannot disturb it: what they throw or reject with is dropped. */
export interface Observer {
  request(event: Told<RequestEvent>): void;
  response(event: Told<ResponseEvent>): void;
  retry(event: Told<RetryEvent>): void;
  success(event: Told<SuccessEvent>): void;
  failure(event: Told<FailureEvent>): void;
}

export function createObserver(hooks: readonly Hooks[], identity: Identity): Observer {
  const teller =
    <Event>(notify: (hook: Hooks, event: Event & Identity) => unknown) =>
    (event: Event): void => {
      for (const hook of hooks) {
        (async () => notify(hook, { ...identity, ...event }))().catch(() => {});
      }
    };
  return {
    request: teller<Told<RequestEvent>>((hook, event) => hook.onRequest?.(event)),
    response: teller<Told<ResponseEvent>>((hook, event) => hook.onResponse?.(event)),
    retry: teller<Told<RetryEvent>>((hook, event) => hook.onRetry?.(event)),
    success: teller<Told<SuccessEvent>>((hook, event) => hook.onSuccess?.(event)),
    failure: teller<Told<FailureEvent>>((hook, event) => hook.onError?.(event)),
  };
}
