import type { Fault } from './fault.ts';
import { parseJson } from './request-body.ts';
import type { ReceivedCall } from './server.ts';

/** What a question can ask for, by the word behind `simulate`. */
const faults = {
  throttle: { kind: 'exception', name: 'ThrottlingException' },
  timeout: { kind: 'exception', name: 'ModelTimeoutException' },
  error: { kind: 'exception', name: 'ModelErrorException' },
  outage: { kind: 'exception', name: 'ServiceUnavailableException' },
  unavailable: { kind: 'exception', name: 'AccessDeniedException' },
  slow: { kind: 'slow', milliseconds: 5000 },
  stall: { kind: 'stall' },
  cut: { kind: 'cut' },
} as const satisfies Record<string, Fault>;

/**
 * The fault that the last message of a call asks for, such as `[simulate throttle]`: words reach the model from every
 * client and through every API. A word that is none of these is refused with a list of them. None for earlier messages, so
 * that a conversation goes on after it.
 */
export function askedFault({ operation, text }: Pick<ReceivedCall, 'operation' | 'text'>): Fault | undefined {
  if (operation === 'count-tokens') return undefined;
  const body = parseJson(text);
  const messages =
    typeof body === 'object' && body !== null && 'messages' in body ? body.messages : undefined;
  const said = Array.isArray(messages) ? JSON.stringify(messages.at(-1)) : text;
  const [, word] = /\[simulate ([^\]\s"\\]{1,32})\]/.exec(said) ?? [];
  if (word === undefined) return undefined;
  if (isFault(word)) return faults[word];
  const message = `There is no "${word}" to simulate, only ${Object.keys(faults).join(', ')}.`;
  return { kind: 'exception', name: 'ValidationException', message };
}

function isFault(word: string): word is keyof typeof faults {
  return Object.hasOwn(faults, word);
}
