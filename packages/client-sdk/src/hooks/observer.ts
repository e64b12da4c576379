import type {
  CallEvent,
  FailureEvent,
  Hooks,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  SuccessEvent,
} from './hooks.ts';

/** What all events of one call have in common. */
type Identity = Pick<CallEvent, 'operation' | 'model' | 'callId'>;

type Rest<Event> = Omit<Event, keyof Identity>;

/** Calls the hooks with the events of one call. They cannot disturb it: what they throw or reject with is dropped. */
export interface Observer {
  request(event: Rest<RequestEvent>): void;
  response(event: Rest<ResponseEvent>): void;
  retry(event: Rest<RetryEvent>): void;
  success(event: Rest<SuccessEvent>): void;
  failure(event: Rest<FailureEvent>): void;
}

export function createObserver(hooks: readonly Hooks[], identity: Identity): Observer {
  const notifier =
    <Event>(notify: (hook: Hooks, event: Event & Identity) => unknown) =>
    (event: Event): void => {
      for (const hook of hooks) {
        (async () => notify(hook, { ...identity, ...event }))().catch(() => {});
      }
    };
  return {
    request: notifier<Rest<RequestEvent>>((hook, event) => hook.onRequest?.(event)),
    response: notifier<Rest<ResponseEvent>>((hook, event) => hook.onResponse?.(event)),
    retry: notifier<Rest<RetryEvent>>((hook, event) => hook.onRetry?.(event)),
    success: notifier<Rest<SuccessEvent>>((hook, event) => hook.onSuccess?.(event)),
    failure: notifier<Rest<FailureEvent>>((hook, event) => hook.onError?.(event)),
  };
}
