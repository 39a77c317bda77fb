use super::*;

#[test]
fn only_what_a_trusted_proxy_wrote_is_believed() {
    let mut headers = HeaderMap::new();
    headers.append("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
    headers.append("x-forwarded-for", "192.0.2.1".parse().unwrap());
    let ask = |n| forwarded(n, &headers).map(|address| address.to_string());
    assert_eq!(ask(0), None);
    assert_eq!(ask(1).as_deref(), Some("192.0.2.1"));
    assert_eq!(ask(2).as_deref(), Some("198.51.100.7"));
    assert_eq!(ask(4), None);
}
