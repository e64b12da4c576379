import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import { header } from '../http/header-list.ts';
import type { WholeResponse } from '../http/response.ts';
import type { ControlPlaneContext, Service } from './service.ts';

/** An error of a service, by its name at AWS. */
export class JsonServiceError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** One operation of a service. */
export interface JsonOperation {
  readonly answer: (body: unknown, context: ControlPlaneContext) => object;
}

/**
 * An operation with the schema of its input. The schemas are stricter than AWS: a field that is not understood must not look obeyed.
 */
export function operation<Input>(
  schema: z.ZodMiniType<Input>,
  answer: (input: Input, context: ControlPlaneContext) => object,
): JsonOperation {
  return {
    answer(body, context) {
      const { data, error } = z.safeParse(schema, body);
      if (error) throw new JsonServiceError('InvalidParameterException', z.prettifyError(error));
      return answer(data, context);
    },
  };
}

/** A service in AWS's JSON protocols. https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export function jsonService(name: string, operations: Readonly<Record<string, JsonOperation>>): Service {
  return ({ request }, context) => {
    const [, action = ''] = (header(request.headers, 'x-amz-target') ?? '').split('.');
    try {
      const found = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (!found) {
        throw new JsonServiceError(
          'UnknownOperationException',
          `The local gateway has no ${action} of ${name}`,
        );
      }
      return respond(200, found.answer(parseJson(request.body), context));
    } catch (error) {
      if (!(error instanceof JsonServiceError)) throw error;
      return respond(400, { __type: error.name, message: error.message });
    }
  };
}

function respond(status: number, body: object): WholeResponse {
  return { status, headers: [['content-type', 'application/x-amz-json-1.0']], body: JSON.stringify(body) };
}
