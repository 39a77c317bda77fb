use super::*;

#[test]
fn each_address_has_its_own_allowance() {
    let limits = Limits::new(Rate(2), Rate(0));
    let ask = |address: &str| limits.visitor(address.parse().unwrap());
    assert_eq!(ask("192.0.2.1"), Ok(()));
    assert_eq!(ask("::ffff:192.0.2.1"), Ok(()));
    assert!(ask("192.0.2.1").is_err_and(|wait| (1..=30).contains(&wait.0)));
    assert_eq!(ask("192.0.2.2"), Ok(()));
    assert_eq!(ask("2001:db8::1"), Ok(()));
    assert_eq!(ask("2001:db8::2"), Ok(()));
    assert!(ask("2001:db8::3").is_err());
    assert_eq!(ask("2001:db8:0:1::1"), Ok(()));
    for _ in 0..100 {
        assert_eq!(limits.api("admin"), Ok(()));
    }
    limits.forget();
    assert!(ask("192.0.2.1").is_err());
}
