import { functionInvokedBy } from '@org/infra/integration';
import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** A Lambda function as deployed. */
export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** `file.export`, as in `index.handler`. */
  readonly handler: string;
  /** The unzipped deployment package. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Calls that may run at once; undefined if only the account's limit applies. */
  readonly reservedConcurrency: number | undefined;
  /** Whether X-Ray traces its calls: each one, here. */
  readonly traced: boolean;
  /** Name of the log group that it writes to. */
  readonly logGroup: string;
}

const FunctionProperties = z.object({
  Code: z.object({ S3Key: z.optional(z.string()) }),
  Environment: z.optional(z.object({ Variables: z.optional(z.record(z.string(), z.string())) })),
  Handler: z.string(),
  LoggingConfig: z.optional(z.object({ LogGroup: z.optional(z.string()) })),
  MemorySize: z.optional(z.number()),
  PackageType: z.optional(z.string()),
  ReservedConcurrentExecutions: z.optional(z.number()),
  Runtime: z.string(),
  Timeout: z.optional(z.number()),
  TracingConfig: z.optional(z.object({ Mode: z.string() })),
});

/** Lambda refuses a larger environment. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maximumEnvironmentBytes = 4096;
const maximumTimeoutSeconds = 900;

/**
 * Variable names that a deployment may not set.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const reservedVariables =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

/** Lambda's defaults: a timeout of 3 s and 128 MB. */
const defaultTimeoutSeconds = 3;
const defaultMemoryMb = 128;

export function readFunctions(
  resolver: Resolver,
  assetDirectory: (objectKey: string) => string,
): FunctionDefinition[] {
  return resolver.idsOf('AWS::Lambda::Function').map((logicalId) => {
    const properties = resolver.read(logicalId, FunctionProperties);
    if (!properties.Runtime.startsWith('nodejs')) {
      throw new TemplateError(
        `${logicalId}: runtime ${properties.Runtime} is not supported, only Node.js is`,
      );
    }
    if (properties.Code.S3Key === undefined) {
      throw new TemplateError(`${logicalId}: only code from an asset is supported`);
    }
    const timeoutSeconds = properties.Timeout ?? defaultTimeoutSeconds;
    if (timeoutSeconds < 1 || timeoutSeconds > maximumTimeoutSeconds) {
      throw new TemplateError(`${logicalId}: Timeout must be 1 to ${maximumTimeoutSeconds} s`);
    }
    const environment = properties.Environment?.Variables ?? {};
    const reserved = Object.keys(environment).find((name) => reservedVariables.test(name));
    if (reserved !== undefined) {
      throw new TemplateError(`${logicalId}: Lambda reserves the environment variable ${reserved}`);
    }
    const bytes = Buffer.byteLength(JSON.stringify(environment));
    if (bytes > maximumEnvironmentBytes) {
      throw new TemplateError(
        `${logicalId}: the environment has ${bytes} bytes, and Lambda allows ${maximumEnvironmentBytes}`,
      );
    }
    const name = resolver.ref(logicalId);
    return {
      logicalId,
      name,
      arn: resolver.getAtt(logicalId, 'Arn'),
      handler: properties.Handler,
      directory: assetDirectory(properties.Code.S3Key),
      timeoutMs: timeoutSeconds * 1000,
      memoryMb: properties.MemorySize ?? defaultMemoryMb,
      environment,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      traced: properties.TracingConfig?.Mode === 'Active',
      logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    };
  });
}

/** @throws {TemplateError} If the URI of an integration or an authorizer does not invoke a function. */
export function readFunctionUri(logicalId: string, uri: string): { functionArn: string; mode: string } {
  const invoked = functionInvokedBy(uri);
  if (invoked === undefined)
    throw new TemplateError(`${logicalId}: ${uri} does not invoke a Lambda function`);
  return invoked;
}
