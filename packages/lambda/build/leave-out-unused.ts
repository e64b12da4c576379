import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Of Bedrock's runtime. They bring the schemas of all its operations. */
const errorSchemas = 'client-bedrock-runtime/error-schemas';

const smithy = '@smithy/core/dist-es/submodules';

/**
 * What the SDK loads and the functions never run, by package or by file: the code that takes its place. A cold start
 * reads every kilobyte of it.
 */
const unused: Readonly<Record<string, string>> = {
  // Every client here has a handler of its own; HTTP/2 is what the SDK would choose.
  '@smithy/node-http-handler/dist-es/node-http2-handler.js':
    'export const NodeHttp2Handler = { create: (handler) => handler };',

  // A function has its settings, and the credentials of its role or a bearer token, in the environment.
  [`${smithy}/config/shared-ini-file-loader/readFile.js`]:
    'export const filePromises = {}, fileIntercept = {}; export const readFile = async () => "";',
  '@aws-sdk/nested-clients/sso-oidc': '',

  // Errors are known by their names, and bodies and the events of a stream are read by code of ours.
  [errorSchemas]: 'export const errorTypeRegistries = [];',
  [`${smithy}/checksum/crc32/Crc32Node.js`]: 'export { Crc32Js as Crc32Node } from "./Crc32Js";',
  '@smithy/core/event-streams':
    'export const resolveEventStreamSerdeConfig = (config) => config, eventStreamSerdeProvider = () => {}, EventStreamSerde = {};',
  '@aws-sdk/eventstream-handler-node': 'export const eventStreamPayloadHandlerProvider = () => {};',
  '@aws-sdk/middleware-eventstream':
    'export const resolveEventStreamConfig = (config) => config, getEventStreamPlugin = () => {};',
  '@aws-sdk/middleware-websocket':
    'export const resolveWebSocketConfig = (config) => config, getWebSocketPlugin = () => {};',

  // DynamoDB has one endpoint in a Region.
  '@aws-sdk/middleware-endpoint-discovery':
    'export const resolveEndpointDiscoveryConfig = (config) => config, NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => false };',
};

export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup(build) {
    const namespace = 'unused';
    const left = new Set(Object.keys(unused));
    const takePlace = (path: string) => {
      const [name, contents] = Object.entries(unused).find(([end]) => `/${path}`.endsWith(`/${end}`)) ?? [];
      if (name !== undefined) left.delete(name);
      return contents;
    };
    build.onResolve({ filter: /^\.\/schemas\/schemas_0$/ }, ({ importer }) =>
      importer.endsWith('/client-bedrock-runtime/dist-es/runtimeConfig.shared.js')
        ? { path: errorSchemas, namespace }
        : undefined,
    );
    build.onResolve({ filter: /^@/ }, ({ path }) => (path in unused ? { path, namespace } : undefined));
    build.onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: takePlace(path) ?? '' }));
    build.onLoad({ filter: /\/node_modules\/@(aws-sdk|smithy)\/.*\.js$/ }, ({ path }) => {
      const contents = takePlace(path);
      return contents === undefined ? undefined : { contents };
    });
    // Of what a package says of itself, its version alone is sent.
    build.onLoad({ filter: /\/node_modules\/@aws-sdk\/.*\/package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    build.onEnd(() => {
      const errors = [...left].map((name) => ({
        text: `The SDK does not load ${name} any more: take it off the list.`,
      }));
      return { errors };
    });
  },
};
