import { createRequire } from 'node:module';

/**
 * `@musistudio/llms` in its own process, without its log. It passes chat completions on unchanged.
 *
 *   node llms-process.ts PACKAGE PORT UPSTREAM_URL MODEL
 */
const [directory = '', port = '', upstreamUrl = '', model = ''] = process.argv.slice(2);
// Its ES module does not load, because it requires Node's own modules.
const { default: Server } = createRequire(import.meta.url)(directory);
await new Server({
  logger: false,
  useJsonFile: false,
  initialConfig: {
    HOST: '127.0.0.1',
    PORT: port,
    providers: [
      {
        name: 'upstream',
        api_base_url: `${upstreamUrl}/v1/chat/completions`,
        api_key: 'key',
        models: [model],
        transformer: { use: ['OpenAI'] },
      },
    ],
  },
}).start();
process.on('disconnect', () => process.exit());
