import { list, number, object, optional, text } from './shape.ts';

/** The answer to `client.models`. */
export interface ModelList {
  /** Every model that this key may ask. */
  models: ModelSummary[];
  /** Give this to the operator of the proxy: it finds the call in the logs. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** A model that this key may ask. */
export interface ModelSummary {
  /** What to ask it by. */
  alias: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId: string;
  /** Options that it takes beside `maxTokens`, and `stream` where it can be streamed. A newer proxy may add some. */
  capabilities: (
    | 'system'
    | 'history'
    | 'stop'
    | 'temperature'
    | 'topP'
    | 'temperatureWithTopP'
    | 'outputSchema'
    | 'stream'
    | (string & {})
  )[];
  /** Tokens of question, history and answer together. */
  contextTokens?: number | undefined;
  /** The most that `maxTokens` can be: the model's limit, or the plan's where that is lower. */
  maxOutputTokens: number;
  /** Whether Bedrock still offers it, and until which day (ISO 8601). A newer proxy may add states. */
  lifecycle: {
    status: 'active' | 'legacy' | 'end-of-life' | (string & {});
    endOfLife?: string | undefined;
  };
  /** An estimate, in USD per million tokens; left out where it is not known. */
  price?: { input: number; output: number } | undefined;
}

/** What the proxy says of models. */
export const readModelList = object<Pick<ModelList, 'models'>>({
  models: list(
    object<ModelSummary>({
      alias: text,
      modelId: text,
      capabilities: list(text),
      contextTokens: optional(number),
      maxOutputTokens: number,
      lifecycle: object<ModelSummary['lifecycle']>({ status: text, endOfLife: optional(text) }),
      price: optional(object<{ input: number; output: number }>({ input: number, output: number })),
    }),
  ),
});
