import { type Clock, systemClock } from './clock.ts';
import { createControlPlane } from './control-plane/control-plane.ts';
import { createDocs, docsPath } from './docs/docs.ts';
import { createPipeline } from './http/pipeline.ts';
import { listen } from './http/server.ts';
import { systemTimer, type Timer } from './http/timer.ts';
import { keyFile } from './key-file.ts';
import { FunctionRuntime } from './lambda/function-runtime.ts';
import type { OnLog } from './lambda/log.ts';
import { ApiKeyRegistry } from './limits/api-key-registry.ts';
import { readApi } from './template/api.ts';
import { readCloudAssembly } from './template/assembly.ts';
import type { FunctionDefinition } from './template/functions.ts';
import type { TableDefinition } from './template/tables.ts';
import type { Template } from './template/template.ts';
import type { ApiKey } from './template/usage-plans.ts';

export { PortInUseError } from './http/server.ts';
export type { LogLine } from './lambda/log.ts';
export type { Template } from './template/template.ts';
export type { Clock, Timer };

export interface GatewayOptions {
  /** The directory that `cdk synth` wrote. */
  readonly assembly: string;
  /** Default: 0, a free port. */
  readonly port?: number;
  /** What limits, and the times in events, go by. Default: the system's. */
  readonly clock?: Clock;
  /** What the timeouts of integrations and of streams run on, but not those of functions. Default: the system's. */
  readonly timer?: Timer;
  /** Added to the environment of every function; wins over the template's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes the template before it is read. May change its argument, which is a copy. */
  readonly editTemplate?: (template: Template) => Template;
  /** File that what the control plane does to keys outlives this gateway in. Default: it does not. */
  readonly keyFile?: string | undefined;
  /** Calls that one worker of a function may run at once. 1 is Lambda's way. Default: no limit. */
  readonly callsPerWorker?: number;
  /**
   * Gets every line that functions write, and what Lambda would add to their logs; a call's lines before its answer
   * goes out.
   */
  readonly onLog?: OnLog;
}

export interface LocalGateway {
  /** With the stage and without a slash at the end: `http://127.0.0.1:8787/dev`. */
  readonly url: string;
  /** Where the API reference is, for browsers. Absent where the stage has its path. */
  readonly docsUrl: string | undefined;
  /**
   * The API keys of the template as they are at the start, with the values that this gateway accepts. Others come and go
   * by its control plane.
   */
  readonly apiKeys: readonly ApiKey[];
  /**
   * The DynamoDB tables of the template. The gateway does not make them: they must be in the DynamoDB that the
   * functions use before the first request.
   */
  readonly tables: readonly TableDefinition[];
  /** The functions of the template, with the environment that it gives them. */
  readonly functions: readonly FunctionDefinition[];
  /**
   * Ends every worker now: calls in flight fail with a 502, or a cut connection where they stream already, and the
   * next call starts a new worker.
   */
  killFunctions(): Promise<void>;
  /** Closes the server with its connections, and ends every worker. */
  close(): Promise<void>;
}

/**
 * Runs the API of a synthesized stack on this machine: API Gateway by interpreting the template, the functions from
 * their deployment packages. What it does not imitate is listed in README.md beside this file.
 *
 * @throws TemplateError for a template that could not be deployed, would not work, or cannot be interpreted.
 * @throws PortInUseError
 * @throws KeyFileError For a `keyFile` that is something else.
 */
export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const { environment = {}, editTemplate = (template) => template, onLog = () => {} } = options;
  const assembly = readCloudAssembly(options.assembly);
  const template = editTemplate(structuredClone(assembly.template));
  const api = readApi(template, assembly.stack, assembly.assetDirectory);
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
  const clock = options.clock ?? systemClock;
  const registry = new ApiKeyRegistry(
    api,
    clock.now(),
    options.keyFile === undefined ? undefined : keyFile(options.keyFile),
  );
  const pipeline = createPipeline(api, registry, runtimes, options.timer ?? systemTimer);
  const dynamodbUrl = environment['AWS_ENDPOINT_URL_DYNAMODB'];
  const controlPlane = createControlPlane({ api, registry, dynamodbUrl });
  const docs = createDocs(api.stage.name);
  const { port, server } = await listen({
    port: options.port ?? 0,
    clock,
    pipeline: async (request) => controlPlane(request) ?? docs?.(request) ?? pipeline(request),
    onFault: (error) => {
      const line = error instanceof Error ? (error.stack ?? error.message) : String(error);
      onLog({ function: 'gateway', stream: 'platform', line });
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/${api.stage.name}`,
    docsUrl: docs && `${origin}${docsPath}`,
    apiKeys: api.apiKeys.flatMap((key) => {
      const present = registry.get(key.id);
      return present ? [{ ...key, enabled: present.enabled }] : [];
    }),
    tables: api.tables,
    functions: api.functions,
    killFunctions,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await killFunctions();
      await closed;
    },
  };
}
