import { errorsOf, headers, mediaTypesOf, type RouteName, routeNames, routes } from '@org/contract';
import type { DocstringOf } from '../docstrings.ts';
import { errorResponses } from './error-responses.ts';
import { type Body, operations, tags } from './operations.ts';
import { headerReferences, limitHeaderNames, responseHeaders } from './response-headers.ts';
import { componentSchemas, referenceTo } from './schemas.ts';

const description = `Every error has one shape, API Gateway's own included: \`error.code\` says what happened, and is what to branch on. The
header \`x-should-retry\` says whether the same request may be sent again. A path or method that is not here is a 404
\`unknown_route\`.

Read answers tolerantly: fields, events, codes and values may be added. Requests are read strictly: a field that is not
known is a 400 that names it.`;

/**
 * The API as an OpenAPI document.
 *
 * @param docs The docstrings of the contract.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(docs: DocstringOf) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Bedrock proxy',
      summary: 'AWS Bedrock behind a key with a limit that holds.',
      description,
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com/{stage}',
        description: 'A deployment: `proxy deploy` prints its URL.',
        variables: {
          api: { default: 'a1b2c3d4e5', description: 'Id of the API.' },
          region: { default: 'us-east-1', description: 'Where it is deployed.' },
          stage: { default: 'dev', description: '`stage` of its config.' },
        },
      },
      { url: 'http://127.0.0.1:8787/dev', description: 'The local gateway of `npm start`.' },
    ],
    tags,
    security: [{ apiKey: [] }, { bearer: [] }],
    paths: pathsOf(docs),
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: headers.apiKey,
          description: docs('headers.apiKey').text,
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The same key, as clients of other APIs send it; or a sign-in token, if the deployment has sign-in. Refused if its config has `bearer: false` and no sign-in.',
        },
      },
      headers: responseHeaders(docs),
      schemas: componentSchemas(docs),
    },
  };
}

/** Several methods may share a path. */
function pathsOf(docs: DocstringOf) {
  const byPath = Map.groupBy(routeNames, (name) => routes[name].path);
  const methods = (names: readonly RouteName[]) =>
    Object.fromEntries(names.map((name) => [routes[name].method.toLowerCase(), operation(name, docs)]));
  return Object.fromEntries([...byPath].map(([path, names]) => [path, methods(names)]));
}

const contentOf = ({ schema, examples }: Body) => ({ schema: referenceTo(schema), examples });

function operation(name: RouteName, docs: DocstringOf) {
  const route = routes[name];
  const { request, response, pathParameters = {}, ...text } = operations[name];
  return {
    operationId: name,
    tags: [text.tag],
    summary: route.summary,
    description: text.description,
    ...(Object.keys(pathParameters).length > 0 && {
      parameters: Object.entries(pathParameters).map(([parameter, of]) => ({
        name: parameter,
        in: 'path',
        required: true,
        description: of,
        schema: { type: 'string' },
      })),
    }),
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': contentOf(request) },
      },
    }),
    responses: {
      200: {
        description: text.answer,
        headers: headerReferences([
          headers.requestId,
          headers.anthropicRequestId,
          ...(route.asks ? [headers.maxTokensLoweredTo, headers.limitWarning] : []),
          ...(text.limitHeaders ? limitHeaderNames : []),
          ...(text.headers ?? []),
        ]),
        content: Object.fromEntries(
          mediaTypesOf(route).map((mediaType) => [mediaType, response ? contentOf(response) : {}]),
        ),
      },
      ...errorResponses(errorsOf(route), docs),
    },
  };
}
