use super::*;

#[test]
fn private_addresses_are_told_from_public_ones() {
    for (address, public) in [
        ("93.184.215.14", true),
        ("127.0.0.1", false),
        ("127.255.0.9", false),
        ("10.1.2.3", false),
        ("172.16.0.1", false),
        ("172.32.0.1", true),
        ("192.168.1.1", false),
        ("169.254.169.254", false),
        ("100.64.0.1", false),
        ("100.128.0.1", true),
        ("0.0.0.0", false),
        ("255.255.255.255", false),
        ("224.0.0.1", false),
        ("198.18.0.1", false),
        ("192.0.0.8", false),
        ("203.0.113.7", false),
        ("::", false),
        ("::1", false),
        ("::ffff:127.0.0.1", false),
        ("::ffff:93.184.215.14", true),
        ("::127.0.0.1", false),
        ("fe80::1", false),
        ("fc00::1", false),
        ("fd12:3456::1", false),
        ("ff02::1", false),
        ("2001:db8::1", false),
        ("2001::1", false),
        ("2002:7f00:1::", false),
        ("2002:5db8:d70e::", true),
        ("64:ff9b::7f00:1", false),
        ("64:ff9b::5db8:d70e", true),
        ("64:ff9b:1::5db8:d70e", false),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
    }
}

fn call(url: &str) -> channels::Call {
    channels::Call {
        method: channels::Method::Post,
        url: channels::Secret::new(url),
        shown: "the platform".to_owned(),
        headers: Vec::new(),
        body: b"{}".to_vec(),
    }
}

#[tokio::test]
async fn a_private_host_is_not_connected_to_unless_that_is_meant() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let within = Duration::from_secs(60);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let (client, call) = (Client::new(false), call(&format!("http://{host}:{port}/?k=s")));
        let error = client.call(&call, within).await.unwrap_err().to_string();
        assert!(error.contains("outbound_allow_private"), "{host}: {error}");
        assert!(!error.contains("k=s"), "{error}");
    }
    for wrong in ["no address", "/relative", "http://"] {
        let error = Client::new(true).call(&call(wrong), within).await.unwrap_err();
        assert!(matches!(error, CallError::Unsendable(_)), "{wrong}: {error}");
        assert!(error.to_string().contains("the platform"), "{error}");
    }
    let serve = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let answers: [&[u8]; 3] = [
            b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.example/\r\ncontent-length: 2\r\n\r\nhi",
            b"HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        ];
        for (place, answer) in answers.into_iter().enumerate() {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).unwrap();
            stream.write_all(answer).unwrap();
            if place == 2 {
                let _ = stream.write_all(&vec![b'x'; MAX_ANSWER_BYTES + 1]);
            }
        }
    });
    let url = format!("http://127.0.0.1:{port}/");
    let answered = Client::new(true).call(&call(&url), within).await.unwrap();
    assert_eq!((answered.status, answered.body.as_slice()), (302, b"hi".as_slice()));
    for _ in 0..2 {
        let error = Client::new(true).call(&call(&url), within).await.unwrap_err();
        assert!(matches!(&error, CallError::Torn(head) if head.status == 200), "{error}");
    }
    serve.join().unwrap();
}
