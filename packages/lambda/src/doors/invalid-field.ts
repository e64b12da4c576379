import { ProxyError } from '../proxy-error.ts';

/** A field that is not what it has to be: what is wrong with it, in words that follow its name. */
export function invalidField(path: string, message: string): ProxyError {
  return new ProxyError({
    code: 'invalid_request',
    message: `${path} ${message}.`,
    param: path,
    details: { issues: [{ path, message }] },
  });
}
