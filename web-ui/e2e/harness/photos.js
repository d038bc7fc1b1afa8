// Photos as people have them on their telephones, made here, and files that only look like one.

import { crc32, deflateSync } from "node:zlib";

/** What the telephone wrote beside the picture: found nowhere, if all goes well. */
export const PLACE = "Wilgenweg 7, Maasdorp";

/** A JPEG file of a picture whose left half is dark and whose right half is light. */
export async function drawn(page, { width = 1600, height = 1200 } = {}) {
  const base64 = await page.evaluate(async ({ width, height }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = "#f2e6c4";
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#1d3b2f";
    context.fillRect(0, 0, width / 2, height);
    context.fillStyle = "#c8442f";
    context.beginPath();
    context.arc(width * 0.75, height * 0.3, height * 0.18, 0, 7);
    context.fill();
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
  }, { width, height });
  return Buffer.from(base64, "base64");
}

/** The same file as a telephone writes it that was held upright: turned a quarter, with the place in its EXIF. */
export function fromTelephone(jpeg) {
  const entry = (tag, type, count, value) => {
    const field = Buffer.alloc(12);
    field.writeUInt16BE(tag, 0);
    field.writeUInt16BE(type, 2);
    field.writeUInt32BE(count, 4);
    value(field);
    return field;
  };
  const short = (tag, value) => entry(tag, 3, 1, (field) => field.writeUInt16BE(value, 8));
  const at = (tag, type, count, offset) => entry(tag, type, count, (field) => field.writeUInt32BE(offset, 8));
  const directory = (entries) => {
    const count = Buffer.alloc(2);
    count.writeUInt16BE(entries.length);
    return Buffer.concat([count, ...entries, Buffer.alloc(4)]);
  };
  const words = Buffer.from(`${PLACE}\0`, "ascii");
  const [header, first] = [8, 8 + 2 + 3 * 12 + 4];
  const gps = first + words.length;
  const degrees = gps + 2 + 2 * 12 + 4;
  const latitude = Buffer.alloc(24);
  [51, 1, 48, 1, 27, 1].forEach((number, index) => latitude.writeUInt32BE(number, index * 4));
  const tiff = Buffer.concat([
    Buffer.from("MM\0\x2a", "latin1"),
    Buffer.from([0, 0, 0, header]),
    directory([at(0x010e, 2, words.length, first), short(0x0112, 6), at(0x8825, 4, 1, gps)]),
    words,
    directory([entry(1, 2, 2, (field) => field.write("N\0", 8, "ascii")), at(2, 5, 3, degrees)]),
    latitude,
  ]);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)]);
}

/** A PNG file of a few hundred bytes that says it has this many pixels. */
export function png(width, height) {
  const chunk = (name, body) => {
    const named = Buffer.concat([Buffer.from(name, "ascii"), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(4096))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
