import { pictureOf } from '../model/image.ts';
import type { Document, Image, Prompt } from '../model/prompt.ts';
import { pagesOf } from '../model/tokens.ts';
import { firstProblem, placedBlocks } from './place.ts';

/**
 * The most images in a message, and pixels on a side.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
const most = { images: 20, pixels: 8000 };

/** In base64; that is 3.75 MB of bytes. */
const mostImageText = 5 * 1024 * 1024;

/**
 * The problem of an image, in words that models were seen to use; `undefined` if there is none.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html
 */
export function imageProblem(prompt: Prompt): string | undefined {
  const crowded = prompt.messages.map(({ content }) => content.filter(({ type }) => type === 'image').length);
  return (
    firstProblem(crowded, (images) =>
      images > most.images ? `too many images and documents: ${images} + 0 > ${most.images}` : undefined,
    ) ??
    firstProblem(placedBlocks(prompt), ({ block, place }) => {
      if (block.type === 'image') return problemAt(block, `${place}.image`);
      if (block.type !== 'tool_result') return undefined;
      return firstProblem(block.content, (content, index) =>
        content.type === 'image'
          ? problemAt(content, `${place}.tool_result.content.${index}.image`)
          : undefined,
      );
    })
  );
}

function problemAt({ format, bytes }: Image, place: string): string | undefined {
  const source = `${place}.source.base64`;
  const length = Math.ceil(bytes.length / 3) * 4;
  if (length > mostImageText) {
    return `${source}: image exceeds 5 MB maximum: ${length} bytes > ${mostImageText} bytes`;
  }
  const picture = pictureOf(bytes);
  if (!picture) return `${source}.data: Could not process image`;
  if (picture.format !== format) {
    return (
      `${source}: The image was specified using the image/${format} media type, ` +
      `but the image appears to be a image/${picture.format} image`
    );
  }
  if (picture.size && Math.max(picture.size.width, picture.size.height) > most.pixels) {
    return `${source}.data: At least one of the image dimensions exceed max allowed size: ${most.pixels} pixels`;
  }
  return undefined;
}

/**
 * Claude's problem with a PDF.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-api-restrictions.html
 */
export function pdfProblem(prompt: Prompt): string | undefined {
  const documents = placedBlocks(prompt).flatMap(({ block, place }): [Document, string][] =>
    block.type === 'document' && block.format === 'pdf' ? [[block, place]] : [],
  );
  const pages = documents.reduce((sum, [{ bytes }]) => sum + pagesOf(bytes), 0);
  if (pages > 100) return 'A maximum of 100 PDF pages may be provided.';
  return firstProblem(documents, ([{ bytes }, place]) =>
    Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-'
      ? undefined
      : `${place}.pdf.source.base64.data: The PDF specified was not valid.`,
  );
}
