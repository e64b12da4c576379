import AjvDraft04 from 'ajv-draft-04';
import * as z from 'zod/mini';
import type { Route } from '../template/routes.ts';
import { TemplateError } from '../template/template.ts';
import { header } from './header-list.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { GatewayRequest } from './request.ts';

/** Answers with the reason why a request is refused, or undefined. */
export type RequestValidator = (request: GatewayRequest) => Refusal | undefined;

/** The reason why a body is invalid, in the form of `$context.error.validationErrorString`, or undefined. */
type BodyCheck = (body: unknown) => string | undefined;

const Schema = z.record(z.string(), z.unknown());

/**
 * API Gateway's request validation for one method: the body is checked by the model of its content type. A body whose
 * content type has no model is not checked.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 *
 * @throws TemplateError for a model that is not a JSON Schema of draft-04.
 */
export function createRequestValidator(route: Route): RequestValidator {
  const models = new Map(
    Object.entries(route.bodyModels ?? {}).map(([contentType, schema]) => [
      contentType.toLowerCase(),
      compile(schema, `${route.method} ${route.path}`),
    ]),
  );
  return (request) => {
    const check = models.get(mediaType(request)) ?? models.get('$default');
    return check && refuseBody(request.body, check);
  };
}

/** By the text of the model: to compile one is half of the work of starting a gateway, and several use the same. */
const compiled = new Map<string, BodyCheck>();

function compile(schema: unknown, where: string): BodyCheck {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  const ajv = new AjvDraft04.default({ strict: false, validateFormats: false, logger: false });
  try {
    const validate = ajv.compile(z.parse(Schema, schema));
    const check: BodyCheck = (body) =>
      validate(body) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'body' });
    compiled.set(text, check);
    return check;
  } catch (error) {
    throw new TemplateError(`The model of ${where} is not a JSON Schema of draft-04`, { cause: error });
  }
}

function refuseBody(body: string, check: BodyCheck): Refusal | undefined {
  let parsed: unknown;
  try {
    // An empty body is validated as an empty object.
    parsed = JSON.parse(body === '' ? '{}' : body);
  } catch {
    return refusal('BAD_REQUEST_BODY', { validationErrors: '[body is not JSON]' });
  }
  const errors = check(parsed);
  return errors === undefined ? undefined : refusal('BAD_REQUEST_BODY', { validationErrors: `[${errors}]` });
}

/** Without a content type API Gateway assumes JSON. */
function mediaType(request: GatewayRequest): string {
  const contentType = header(request.headers, 'content-type') ?? 'application/json';
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}
