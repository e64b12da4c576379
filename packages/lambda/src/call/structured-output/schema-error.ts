import { ProxyError } from '../../proxy-error.ts';
import { placeOf } from '../request-place.ts';

/** A fault of the caller's `outputSchema`, at a place within it. */
export function schemaError(path: readonly string[], message: string): ProxyError {
  const where = placeOf(['outputSchema', ...path]);
  return new ProxyError({
    code: 'invalid_request',
    message: `${where} ${message}.`,
    param: 'outputSchema',
    details: { issues: [{ path: where, message }] },
  });
}
