import type { Readable } from 'node:stream';
import {
  $Command,
  type BedrockRuntimeClient,
  type BedrockRuntimeClientResolvedConfig,
} from '@aws-sdk/client-bedrock-runtime';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import type {
  MetadataBearer,
  StaticMapSchema,
  StaticOperationSchema,
  StaticSimpleSchema,
  StaticStructureSchema,
} from '@smithy/types';

/** Last part of an operation's path, after `/model/{modelId}/`. */
export type BedrockOperation =
  | 'converse'
  | 'converse-stream'
  | 'invoke'
  | 'invoke-with-response-stream'
  | 'count-tokens';

export interface BedrockRequest {
  readonly modelId: string;
  /** By lower-case name, including the content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

interface BedrockResponse extends MetadataBearer {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** The client's settings for choosing an endpoint. */
const endpointParameters = {
  UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
  Endpoint: { type: 'builtInParams', name: 'endpoint' },
  Region: { type: 'builtInParams', name: 'region' },
  UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
} as const;

const namespace = 'com.amazonaws.bedrockruntime';

// Shapes in the SDK's own notation: `modelId` is in the path (1), `headers` is a map to headers, and `body` is a
// payload (16) of bytes (21), which on the way back is a stream (42).
const headers: StaticMapSchema = [2, namespace, 'Headers', 0, 0, 0];
const request: StaticStructureSchema = [
  3,
  namespace,
  'Request',
  0,
  ['modelId', 'headers', 'body'],
  [
    [0, 1],
    [() => headers, { httpPrefixHeaders: '' }],
    [21, 16],
  ],
];
const streamed: StaticSimpleSchema = [0, namespace, 'Stream', { streaming: 1 }, 42];
const response: StaticStructureSchema = [
  3,
  namespace,
  'Response',
  0,
  ['headers', 'body'],
  [
    [() => headers, { httpPrefixHeaders: '' }],
    [() => streamed, 16],
  ],
];

/**
 * A command of the SDK with raw request and answer bodies. The SDK resolves the endpoint, signs, sends and reads
 * errors. We read streams ourselves, because the SDK takes six times the CPU.
 */
function commandOf(operation: BedrockOperation) {
  const schema: StaticOperationSchema = [
    9,
    namespace,
    operation,
    { http: ['POST', `/model/{modelId}/${operation}`, 200] },
    () => request,
    () => response,
  ];
  return $Command
    .classBuilder<BedrockRequest, BedrockResponse, BedrockRuntimeClientResolvedConfig>()
    .ep(endpointParameters)
    .m((command, _stack, config) => [getEndpointPlugin(config, command.getEndpointParameterInstructions())])
    .s('AmazonBedrockFrontendService', operation)
    .n('BedrockRuntimeClient', operation)
    .sc(schema)
    .build();
}

const commands = {
  converse: commandOf('converse'),
  'converse-stream': commandOf('converse-stream'),
  invoke: commandOf('invoke'),
  'invoke-with-response-stream': commandOf('invoke-with-response-stream'),
  'count-tokens': commandOf('count-tokens'),
};

/** The answer to a request whose body has not been read. */
export interface OpenAnswer {
  readonly body: Readable;
  /** By lower-case name. */
  header(name: string): string | undefined;
}

/** Calls an operation. Resolves when the head of the answer arrives. */
export async function callBedrock(
  client: BedrockRuntimeClient,
  operation: BedrockOperation,
  request: BedrockRequest,
  abortSignal: AbortSignal,
): Promise<OpenAnswer> {
  const { body, headers = {} } = await client.send(new commands[operation](request), { abortSignal });
  return { body, header: (name) => headers[name] };
}
