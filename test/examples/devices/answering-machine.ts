import { Device } from "./device";

/** Another machine that runs the first example: its mcast hear tells whoever asks what it has heard. */
export async function answeringMachine(group: string, port: number, address: string): Promise<Device[]> {
  const ear = await Device.joined(group, port);
  const mouth = await Device.at(address);
  ear.on((bytes, { address: ip, port: source }) => {
    const answer = `HEAR [ ${bytes.toString().toUpperCase()} SAID ('${ip}', ${source}) ] from ${group}`;
    void mouth.say(answer, ip, source);
  });
  return [ear, mouth];
}
