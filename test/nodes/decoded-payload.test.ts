import should from "should";
import { decodedPayload } from "../../src/nodes/decoded-payload";

describe("the payload of a datagram", () => {
  it("follows the datatype", () => {
    const bytes = Buffer.from('{"a":1}');
    should(decodedPayload("buffer", bytes)).deepEqual({ payload: bytes });
    should(decodedPayload("utf8", bytes)).deepEqual({ payload: '{"a":1}' });
    should(decodedPayload("base64", bytes)).deepEqual({ payload: "eyJhIjoxfQ==" });
    should(decodedPayload("json", bytes)).deepEqual({ payload: { a: 1 } });
  });

  it("stays a Buffer, with the reason, where it cannot be parsed", () => {
    const bytes = Buffer.from("{oops");
    const { payload, parseError } = decodedPayload("json", bytes);
    should(payload).equal(bytes);
    should(parseError).be.a.String().and.not.be.empty();
  });
});
