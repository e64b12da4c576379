import type { Completion, Prompt } from './simulated-model.ts';

/** The bodies of InvokeModel that one family of models has for itself. */
export interface NativeBody {
  /** @returns `undefined` where the body is not one of this family's. */
  readPrompt(modelId: string, body: unknown): Prompt | undefined;
  answer(completion: Completion): object;
  /** A chunk of a stream with a piece of the answer. */
  chunk(piece: string, index: number, completion: Completion): object;
  /** The chunk that closes a stream; it has no text. */
  lastChunk(completion: Completion): object;
}
