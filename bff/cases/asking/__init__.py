"""How does a case begin? What is asked, decided and agreed."""
