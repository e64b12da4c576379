import type { AskRequest, ImageBlock, Tool } from '@org/contract';

/** What is typed into the playground. */
export interface Draft {
  readonly model: string;
  readonly question: string;
  readonly system: string;
  /** JSON: a list of tools. Empty: none. */
  readonly tools: string;
  /** A number. Empty: the proxy's own. */
  readonly maxTokens: string;
  readonly image: ImageBlock | undefined;
}

/** The request of a draft, or what is wrong with it. */
export type Drafted =
  | { readonly request: AskRequest; readonly problem?: undefined }
  | { readonly request?: undefined; readonly problem: string };

export function requestOf({ model, question, system, tools, maxTokens, image }: Draft): Drafted {
  if (question.trim() === '') return { problem: 'Write a question.' };
  const most = Number(maxTokens);
  if (maxTokens.trim() !== '' && !(Number.isInteger(most) && most > 0)) {
    return { problem: 'The most tokens of the answer must be a whole number above 0.' };
  }
  const read = toolsIn(tools);
  if (typeof read === 'string') return { problem: read };
  return {
    request: {
      model,
      ...(image
        ? { messages: [{ role: 'user', content: [image, { type: 'text', text: question }] }] }
        : { question }),
      ...(system.trim() !== '' && { system }),
      ...(read.length > 0 && { tools: read }),
      ...(maxTokens.trim() !== '' && { maxTokens: most }),
    },
  };
}

/** @returns The tools, or what is wrong with them. The proxy checks their schemas. */
function toolsIn(text: string): Tool[] | string {
  if (text.trim() === '') return [];
  let tools: unknown;
  try {
    tools = JSON.parse(text);
  } catch {
    return 'The tools are not JSON.';
  }
  if (!Array.isArray(tools)) return 'The tools must be a list: [{"name": ..., "inputSchema": ...}].';
  if (!tools.every(isTool)) return 'Each tool needs a name and an inputSchema.';
  return tools;
}

function isTool(tool: unknown): tool is Tool {
  return typeof tool === 'object' && tool !== null && 'name' in tool && 'inputSchema' in tool;
}

const formats: Readonly<Record<string, ImageBlock['format']>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** The kinds of files that a model can look at. */
export const imageTypes = Object.keys(formats).join(',');

/** So large may an image be. */
const mostImageBytes = 3.75 * 1024 * 1024;

/** @throws {Error} If it is not an image that a model can look at, with what to do. */
export async function imageOf(file: Blob): Promise<ImageBlock> {
  const format = formats[file.type];
  if (!format) throw new Error('Choose a PNG, JPEG, GIF or WebP file.');
  if (file.size > mostImageBytes) throw new Error('Choose an image of at most 3.75 MB.');
  const bytes = new Uint8Array(await file.arrayBuffer());
  return {
    type: 'image',
    format,
    data: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
  };
}
