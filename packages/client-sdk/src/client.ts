import { type AskRequest, type Route, routes } from '@org/contract';
import type { Answer } from './answer.ts';
import { askRequest, readAnswer } from './ask.ts';
import type { AskOptions, BedrockClientOptions, RequestOptions } from './options.ts';
import { type Runtime, systemRuntime } from './runtime.ts';
import { type CallSettings, callSettings, clientSettings } from './settings.ts';
import { send } from './transport.ts';
import { readUsageReport, type UsageReport } from './usage-report.ts';

/** The aliases of the catalogue. A deployment may offer fewer, and others of its own. */
export type ModelAlias =
  | 'titan'
  | 'llama'
  | 'nova-micro'
  | 'nova-lite'
  | 'nova-pro'
  | 'nova-2-lite'
  | 'claude-haiku-4.5'
  | 'claude-sonnet-4.6'
  | 'llama-4-scout'
  | 'gpt-oss-20b'
  | 'gpt-oss-120b';

/** A client of one proxy with one API key. */
export interface BedrockClient {
  /**
   * Asks a model a question and waits for its whole answer.
   *
   * Rejects with one of `AnyBedrockProxyError`: branch on its class or its `code`.
   *
   * @param model - An alias that the proxy offers, such as `llama`.
   * @param question - Reaches the model exactly as written.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const client = createBedrockClient();
   * const { text, usage } = await client.ask('llama', 'What is a dystopia?', { maxTokens: 200 });
   * console.log(text, usage.totalTokens);
   * ```
   */
  ask(model: ModelAlias | (string & {}), question: string, options?: AskOptions | undefined): Promise<Answer>;

  /**
   * Says what is used and what is left of every limit of this key and of its team. Asks no model and costs
   * nothing, but counts as a request of the API Gateway's own quota.
   *
   * Rejects with one of `AnyBedrockProxyError`, and is sent again by the same rules as `ask`.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const { limits } = await createBedrockClient().usage();
   * for (const { limit, period, used, max, resetsAt } of limits) {
   *   console.log(`${used} of ${max} ${limit} of this ${period}; resets ${resetsAt.toISOString()}`);
   * }
   * ```
   */
  usage(options?: RequestOptions | undefined): Promise<UsageReport>;
}

/**
 * Makes a client. Throws `ConfigurationError` where an option is missing or wrong; nothing is sent.
 *
 * @example
 * ```ts
 * import { createBedrockClient } from '@org/bedrock-client';
 *
 * const client = createBedrockClient({ baseUrl: 'http://localhost:3000/dev', apiKey: 'a-local-key' });
 * ```
 */
export function createBedrockClient(options: BedrockClientOptions = {}): BedrockClient {
  return createClient(options, systemRuntime);
}

/** The same, with time and chance passed in. */
export function createClient(options: BedrockClientOptions, runtime: Runtime): BedrockClient {
  const client = clientSettings(options);
  const call = (route: Route, settings: CallSettings, body?: AskRequest) =>
    send({ route, body, client, settings, runtime });
  return {
    ask: async (model, question, askOptions = {}) => {
      const settings = callSettings(askOptions, client);
      return readAnswer(await call(routes.ask, settings, askRequest(model, question, askOptions)));
    },
    usage: async (usageOptions = {}) =>
      readUsageReport(await call(routes.usage, callSettings(usageOptions, client))),
  };
}
