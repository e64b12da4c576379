import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** API Gateway's answer to a browser that asks whether a page may send a request. No function runs. */
export interface MockIntegration {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Origins that are allowed besides the one in `headers`. Each gets its own name in the answer. */
  readonly otherOrigins: readonly string[];
}

const requestTemplate = '{ statusCode: 200 }';

const nothingElse = {
  error: (issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys | z.core.$ZodIssueInvalidType>) =>
    issue.code === 'unrecognized_keys' ? `${issue.keys.join(', ')} is not supported` : undefined,
};

/** Only the output of the CDK's `addCorsPreflight` is interpreted. */
const PreflightProperties = z.object({
  Integration: z.strictObject(
    {
      IntegrationResponses: z.tuple([
        z.strictObject(
          {
            ResponseParameters: z.record(z.string(), z.string()),
            ResponseTemplates: z.optional(z.strictObject({ 'application/json': z.string() }, nothingElse)),
            StatusCode: z.literal('204', 'only status 204 is supported'),
          },
          nothingElse,
        ),
      ]),
      RequestTemplates: z.strictObject(
        { 'application/json': z.literal(requestTemplate, `only ${requestTemplate} is supported`) },
        nothingElse,
      ),
      Type: z.literal('MOCK'),
    },
    nothingElse,
  ),
  MethodResponses: z.array(
    z.object({ ResponseParameters: z.optional(z.record(z.string(), z.boolean())), StatusCode: z.string() }),
  ),
});

/**
 * Reads the CDK's form of a preflight.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
 */
export function readMockIntegration(resolver: Resolver, logicalId: string): MockIntegration {
  const { Integration: integration, MethodResponses: methodResponses } = resolver.read(
    logicalId,
    PreflightProperties,
  );
  const [response] = integration.IntegrationResponses;
  const methodResponse = methodResponses.find(({ StatusCode }) => StatusCode === response.StatusCode);
  return {
    status: Number(response.StatusCode),
    headers: Object.fromEntries(
      Object.entries(response.ResponseParameters).map(([parameter, value]) => {
        if (methodResponse?.ResponseParameters?.[parameter] === undefined) {
          throw new TemplateError(`${logicalId}: MethodResponses does not declare ${parameter}`);
        }
        return readHeader(logicalId, parameter, value);
      }),
    ),
    otherOrigins: readOtherOrigins(logicalId, response.ResponseTemplates?.['application/json']),
  };
}

function readHeader(logicalId: string, parameter: string, value: string): [name: string, value: string] {
  const [, name] = /^method\.response\.header\.(.+)$/.exec(parameter) ?? [];
  const [, literal] = /^'([^']*)'$/.exec(value) ?? [];
  if (name === undefined || literal === undefined) {
    throw new TemplateError(
      `${logicalId}: ${parameter}: ${value} is not supported, only a header with a string in single quotes`,
    );
  }
  return [name.toLowerCase(), literal];
}

const isOrigin = /\$origin == "([^"$#\\]*)"/;

/** The VTL that the CDK writes for several origins. */
const overrideTemplate = new RegExp(
  `^${[
    RegExp.escape(`#set($origin = $input.params().header.get("Origin"))`),
    RegExp.escape(`#if($origin == "")`),
    RegExp.escape(`  #set($origin = $input.params().header.get("origin"))`),
    '#end',
    `#if\\((?<condition>${isOrigin.source}(?: \\|\\| ${isOrigin.source})*)\\)`,
    RegExp.escape('  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)'),
    '#end',
  ].join('\n')}$`,
);

function readOtherOrigins(logicalId: string, template: string | undefined): string[] {
  if (template === undefined) return [];
  const condition = overrideTemplate.exec(template)?.groups?.['condition'];
  if (condition === undefined) {
    throw new TemplateError(
      `${logicalId}: a response template is not supported, except the one with which the CDK allows several origins`,
    );
  }
  return [...condition.matchAll(new RegExp(isOrigin, 'g'))].flatMap(([, origin]) => origin ?? []);
}
