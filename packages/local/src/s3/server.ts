import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { isSigned } from '../signature.ts';
import type { BucketDefinition } from '../template/buckets.ts';

export interface LocalS3 {
  /** For `AWS_ENDPOINT_URL_S3`. */
  readonly url: string;
  /** From now on, objects can be written to a bucket. */
  addBucket(bucket: BucketDefinition): void;
  close(): Promise<void>;
}

/** An object as it arrived. */
export interface ReceivedObject {
  readonly key: string;
  readonly body: Buffer;
}

/** A refusal, by the code and the status of S3's error. */
export interface S3Refusal {
  readonly code: string;
  readonly status: number;
}

export interface S3Options {
  /** Directory for the objects: `{bucket}/{key}`. Created if missing. */
  readonly directory: string;
  /** Chooses an object's fate before it is kept; the answer waits for it. Default: it is kept. */
  readonly meet?: (object: ReceivedObject) => Promise<S3Refusal | undefined>;
}

/** What a part of a name may have: it becomes a file's name. */
const partOfKey = /^(?!\.\.?$)[\w.=-]+$/;

/**
 * The part of S3 that a prompt log needs: it takes objects, and nothing reads, lists or deletes them. The signature must
 * be that of the local credentials.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function startS3({ directory, meet = async () => undefined }: S3Options): Promise<LocalS3> {
  const buckets = new Map<string, string>();

  const refusalOf = async (request: IncomingMessage, object: ReceivedObject) => {
    if (request.method !== 'PUT') return { code: 'MethodNotAllowed', status: 405 };
    if (!(await isSigned(request, object.body, 's3'))) return { code: 'SignatureDoesNotMatch', status: 403 };
    if (!buckets.has(request.headers.host ?? '')) return { code: 'NoSuchBucket', status: 404 };
    if (!object.key.split('/').every((part) => partOfKey.test(part)))
      return { code: 'InvalidURI', status: 400 };
    return meet(object);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // As it came: a URL would resolve its dots.
    const [path = '/'] = (request.url ?? '/').split('?');
    const object = { key: decodeURIComponent(path.slice(1)), body: await buffer(request) };
    const refusal = await refusalOf(request, object);
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${refusal.code}</Code></Error>`);
      return;
    }
    const file = join(directory, buckets.get(request.headers.host ?? '') ?? '', object.key);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, object.body, { mode: 0o600 });
    response.writeHead(200).end();
  };

  const server = createServer((request, response) => {
    // A caller that leaves, or a disk that is full: the caller sees a broken connection.
    answer(request, response).catch(() => response.destroy());
  });
  return {
    url: await listenOnLoopback(server),
    addBucket: ({ host, name }) => void buckets.set(host, name),
    close: () => closeServer(server),
  };
}
