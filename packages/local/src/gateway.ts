import type { ProxyConfig } from '@org/infra/config';
import { authorizerVariables } from '@org/lambda/authorizer-environment';
import type { OfferedModel } from '@org/models';
import { type Clock, systemClock } from './clock.ts';
import { createControlPlane } from './control-plane/control-plane.ts';
import { RecordedLog } from './control-plane/recorded-log.ts';
import { RecordedQueries } from './control-plane/recorded-queries.ts';
import { createDocs, docsPath } from './docs/docs.ts';
import { createPipeline, type GatewayAnswer } from './http/pipeline.ts';
import { listen } from './http/server.ts';
import { systemTimer, type Timer } from './http/timer.ts';
import { keyFile } from './key-file.ts';
import { FunctionRuntime } from './lambda/function-runtime.ts';
import type { OnLog } from './lambda/log.ts';
import { ApiKeyRegistry } from './limits/api-key-registry.ts';
import { createOperatorPage } from './operator-page.ts';
import { quotaFile } from './quota-file.ts';
import { startSns } from './sns/server.ts';
import { readApi } from './template/api.ts';
import { readCloudAssembly } from './template/assembly.ts';
import type { BucketDefinition } from './template/buckets.ts';
import type { FunctionDefinition } from './template/functions.ts';
import type { InferenceProfile } from './template/inference-profiles.ts';
import type { TableDefinition } from './template/tables.ts';
import type { Template } from './template/template.ts';
import type { ApiKey } from './template/usage-plans.ts';

export type { GatewayAnswer } from './http/pipeline.ts';
export { PortInUseError } from './http/server.ts';
export type { LogLine } from './lambda/log.ts';
export type { Template } from './template/template.ts';
export type { Clock, Timer };

export interface GatewayOptions {
  /** The output directory of `cdk synth`. */
  readonly assembly: string;
  /** Default: 0, a free port. */
  readonly port?: number;
  /** The clock of limits and of the times in events. Default: the system's. */
  readonly clock?: Clock;
  /** The timer of integration and stream timeouts, but not of functions. Default: the system's. */
  readonly timer?: Timer;
  /** Added to every function's environment, over the template's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes the template before it is read. It may change its argument, which is a copy. */
  readonly editTemplate?: (template: Template) => Template;
  /** File for the control plane's changes to keys, so that they outlive this gateway. Default: they are lost. */
  readonly keyFile?: string | undefined;
  /** File for what is used of the plans' quotas, so that it outlives this gateway. Default: it is lost. */
  readonly quotaFile?: string | undefined;
  /** The most calls that a function's worker runs at once. 1 is Lambda's way. Default: no limit. */
  readonly callsPerWorker?: number;
  /**
   * Gets every line that functions write, and Lambda's own log lines; a call's lines come before its answer
   * is sent.
   */
  readonly onLog?: OnLog;
  /** Gets every answer that API Gateway made itself: the function that would have logged it was not asked, or failed. */
  readonly onGatewayAnswer?: ((answer: GatewayAnswer) => void) | undefined;
  /** Models that the examples of the API reference ask. Default: those of the committed document. */
  readonly exampleModels?: readonly OfferedModel[] | undefined;
  /** The config of the stack: with it, the operator's page is served. Default: it is not. */
  readonly config?: ProxyConfig | undefined;
}

export interface LocalGateway {
  /** With the stage and without a trailing slash: `http://127.0.0.1:8787/dev`. */
  readonly url: string;
  /** URL of the API reference, for browsers. Absent if the stage has its path. */
  readonly docsUrl: string | undefined;
  /**
   * The link that opens the operator's page, once. Absent without a `config`, and if the stage has its path.
   */
  readonly consoleUrl: string | undefined;
  /**
   * The template's API keys at the start, with the values that this gateway accepts. Its control plane can add and
   * remove others.
   */
  readonly apiKeys: readonly ApiKey[];
  /**
   * The template's DynamoDB tables. The gateway does not create them: they must be in the functions' DynamoDB
   * before the first request.
   */
  readonly tables: readonly TableDefinition[];
  /**
   * The template's inference profiles. The gateway does not create them: the functions' Bedrock must know them before the
   * first request.
   */
  readonly inferenceProfiles: readonly InferenceProfile[];
  /** The template's buckets. The gateway does not create them: the functions' S3 must know them before the first request. */
  readonly buckets: readonly BucketDefinition[];
  /** The template's functions, with the environment that it gives them. */
  readonly functions: readonly FunctionDefinition[];
  /**
   * Ends every worker now: calls in flight fail with a 502, or with a cut connection if they stream already. The
   * next call starts a new worker.
   */
  killFunctions(): Promise<void>;
  /** Closes the server with its connections, and ends every worker. */
  close(): Promise<void>;
}

/**
 * Runs the API of a synthesized stack on this machine. It interprets the template as API Gateway would, and runs the
 * functions from their deployment packages. The package's README.md lists the differences from AWS.
 *
 * @throws TemplateError for a template that could not be deployed, would not work, or cannot be interpreted.
 * @throws PortInUseError
 * @throws KeptFileError For a `keyFile` that is not a file of keys, or a `quotaFile` that is not one of quotas.
 */
export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const { editTemplate = (template) => template, clock = systemClock } = options;
  const assembly = readCloudAssembly(options.assembly);
  const template = editTemplate(structuredClone(assembly.template));
  const api = readApi(template, assembly.stack, assembly.assetDirectory);
  const log = new RecordedLog(api.functions);
  const onLog: OnLog = (line) => {
    log.record(line, clock.now());
    options.onLog?.(line);
  };
  const sns = await startSns({
    ...api.watch,
    clock,
    onDelivery: (delivery) => {
      const line = { timestamp: new Date(clock.now()).toISOString(), message: 'delivery', ...delivery };
      onLog({ function: 'sns', stream: 'platform', line: JSON.stringify(line) });
    },
  });
  const environment: Readonly<Record<string, string>> = {
    AWS_ENDPOINT_URL_SNS: sns.url,
    ...options.environment,
  };
  const runtimes = new Map(
    api.functions.map((definition) => [
      definition.logicalId,
      new FunctionRuntime(definition, {
        region: assembly.stack.region,
        environment,
        onLog,
        callsPerWorker: options.callsPerWorker ?? Number.POSITIVE_INFINITY,
      }),
    ]),
  );
  const killFunctions = async (): Promise<void> => {
    await Promise.all([...runtimes.values()].map((runtime) => runtime.kill()));
  };
  const registry = new ApiKeyRegistry(
    api,
    clock.now(),
    options.keyFile === undefined ? undefined : keyFile(options.keyFile),
  );
  const pipeline = createPipeline(api, registry, runtimes, {
    timer: options.timer ?? systemTimer,
    quotas: options.quotaFile === undefined ? undefined : quotaFile(options.quotaFile),
    onGatewayAnswer: options.onGatewayAnswer ?? (() => {}),
  });
  const dynamodbUrl = environment['AWS_ENDPOINT_URL_DYNAMODB'];
  const jwksUrl = environment[authorizerVariables.jwksUrl];
  const issuerUrl = jwksUrl === undefined ? undefined : new URL(jwksUrl).origin;
  const controlPlane = createControlPlane({
    ...{ api, registry, log, queries: new RecordedQueries() },
    ...{ dynamodbUrl, issuerUrl, snsUrl: sns.url },
  });
  const docs = createDocs(api.stage.name, options.exampleModels ?? []);
  const onFault = (line: string) => onLog({ function: 'gateway', stream: 'platform', line });
  const { config } = options;
  const page =
    config && createOperatorPage({ config, stage: api.stage.name, clock, origin: () => origin, onFault });
  const { port, server } = await listen({
    port: options.port ?? 0,
    clock,
    pipeline: async (request) =>
      controlPlane(request) ?? docs?.(request) ?? page?.answer(request, port) ?? pipeline(request),
    onFault: (error) => onFault(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/${api.stage.name}`,
    docsUrl: docs && `${origin}${docsPath}`,
    consoleUrl: page?.linkAt(origin),
    apiKeys: api.apiKeys.flatMap((key) => {
      const present = registry.get(key.id);
      return present ? [{ ...key, enabled: present.enabled }] : [];
    }),
    tables: api.tables,
    inferenceProfiles: api.inferenceProfiles,
    buckets: api.buckets,
    functions: api.functions,
    killFunctions,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      page?.close();
      await killFunctions();
      await sns.close();
      await closed;
    },
  };
}
