import { DetailedError, hc, parseResponse } from 'hono/client';
import { createContext, useContext } from 'react';
import type { ConsoleApi } from '../index.ts';

/** Asks the server, whose types these calls have. */
export type Api = ReturnType<typeof apiFor>;

/** @param token Of the session. */
export function apiFor(token: string) {
  return hc<ConsoleApi>(new URL('api', document.baseURI).href, {
    headers: { authorization: `Bearer ${token}` },
  });
}

const Context = createContext<Api | undefined>(undefined);
export const ApiProvider = Context.Provider;

export function useApi(): Api {
  const api = useContext(Context);
  if (!api) throw new Error('There is no session around this part of the page.');
  return api;
}

/** A question that was not answered: what happened, and what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** 0: there was no answer. */
  readonly status: number;
  readonly advice: string;

  constructor(status: number, message: string, advice: string) {
    super(message);
    this.status = status;
    this.advice = advice;
  }

  /** Whether the session is over, or never began. */
  get isOver(): boolean {
    return this.status === 401;
  }
}

const noAnswer = 'Check that the console still runs in its terminal, then try again.';

/** What the body of a refusal says, if it is one of ours. */
export function failureOf(status: number, body: unknown): Failure {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const { message, advice } = error;
  return new Failure(
    status,
    typeof message === 'string' ? message : `The console's server answered with status ${status}.`,
    typeof advice === 'string' ? advice : status >= 500 ? 'Try again.' : '',
  );
}

/**
 * The body of an answer.
 *
 * @throws {Failure} If there is none, or it is a refusal.
 */
export const read: typeof parseResponse = async (asked) => {
  try {
    return await parseResponse(asked);
  } catch (error) {
    if (error instanceof DetailedError)
      throw failureOf(error.statusCode ?? 0, isRecord(error.detail) ? error.detail['data'] : undefined);
    throw new Failure(0, 'The console’s server does not answer.', noAnswer);
  }
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
