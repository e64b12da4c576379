export { type LocalS3, type ReceivedObject, type S3Options, type S3Refusal, startS3 } from './server.ts';
