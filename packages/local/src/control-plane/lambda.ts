import type { WholeResponse } from '../http/response.ts';
import type { Service } from './service.ts';

/**
 * The part of Lambda that describes a function of the template: GetFunctionConfiguration.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 */
export const lambda: Service = ({ request, path }, { api }) => {
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/configuration$/.exec(path) ?? [];
  const definition = api.functions.find((each) => each.name === name);
  if (request.method !== 'GET' || !definition) {
    return respond(404, { Message: `The local gateway has no ${request.method} ${path}` }, [
      ['x-amzn-errortype', 'ResourceNotFoundException'],
    ]);
  }
  const { arn, handler, timeoutMs, memoryMb, logGroup } = definition;
  return respond(200, {
    ...{ FunctionName: definition.name, FunctionArn: arn, Handler: handler },
    ...{ Timeout: timeoutMs / 1000, MemorySize: memoryMb, LoggingConfig: { LogGroup: logGroup } },
  });
};

function respond(status: number, body: object, headers: WholeResponse['headers'] = []): WholeResponse {
  return { status, headers: [['content-type', 'application/json'], ...headers], body: JSON.stringify(body) };
}
