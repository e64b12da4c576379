/** What a client can do, by the method of `BedrockClient`. */
export type Operation = 'ask' | 'stream' | 'models' | 'usage';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below the stage. */
  readonly path: string;
  /** Media type of what it answers with. */
  readonly accept: string;
}

const json = 'application/json';

/** The contract's routes, without its schemas, which are larger than the rest of this package; a test keeps them equal. */
export const routes: Readonly<Record<Operation, Route>> = {
  ask: { method: 'POST', path: '/bedrock', accept: json },
  stream: { method: 'POST', path: '/bedrock/stream', accept: 'text/event-stream' },
  models: { method: 'GET', path: '/models', accept: json },
  usage: { method: 'GET', path: '/usage', accept: json },
};
