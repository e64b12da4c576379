import { routes } from '@org/contract';
import type { Answer } from './answer.ts';
import { askRequest, readAnswer } from './ask.ts';
import type { AskOptions, BedrockClientOptions } from './options.ts';
import { type Runtime, systemRuntime } from './runtime.ts';
import { callSettings, clientSettings } from './settings.ts';
import { send } from './transport.ts';

/** The aliases of the catalogue. A deployment may offer fewer, and others of its own. */
export type ModelAlias = 'titan' | 'llama' | 'nova-micro' | 'nova-lite' | 'nova-pro';

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
  return {
    ask: async (model, question, askOptions = {}) =>
      readAnswer(
        await send({
          route: routes.ask,
          body: askRequest(model, question, askOptions),
          client,
          settings: callSettings(askOptions, client),
          runtime,
        }),
      ),
  };
}
