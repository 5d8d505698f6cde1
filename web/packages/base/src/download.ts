/** Hand a file to the browser under a name. */
export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it over by the next turn of its loop.
  setTimeout(() => URL.revokeObjectURL(address));
}
